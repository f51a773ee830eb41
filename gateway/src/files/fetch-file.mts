import mime from 'mime';
import { extensionOf, safeFileName } from './file-name.mts';
import { requestPinned } from './pinned-request.mts';
import type { Storage } from './storage.mts';

export interface FetchedFile {
	readonly path: string;
	readonly name: string;
	readonly mimeType: string;
	readonly size: number;
}

/** The URL did not give the file; the message says why. */
export class FetchFileError extends Error {
	override readonly name = 'FetchFileError';
	/** Another try may succeed. */
	readonly transient: boolean;

	constructor(message: string, transient: boolean) {
		super(message);
		this.transient = transient;
	}
}

const maxRedirects = 5;
const idleTimeoutMs = 30_000;
export const maxFileBytes = 5 * 1024 ** 3;

/**
 * Downloads a client's file URL into the inputs of a job. Each hop's address is checked.
 * @throws FetchFileError, AddressRefusedError
 */
export async function fetchFile(
	link: string,
	jobId: string,
	storage: Storage,
	options: { allowPrivateAddresses: boolean; signal: AbortSignal },
): Promise<FetchedFile> {
	let url = new URL(link);
	for (let hop = 0; hop <= maxRedirects; hop += 1) {
		const response = await requestPinned(url, {
			method: 'GET',
			headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'monsterapi-gateway' },
			timeoutMs: idleTimeoutMs,
			...options,
		});
		const { statusCode, headers, body } = response;
		const location = header(headers.location);
		if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
			body.destroy();
			url = redirected(location, url);
			continue;
		}
		if (statusCode !== 200) {
			body.destroy();
			const transient = statusCode >= 500 || statusCode === 429 || statusCode === 408;
			throw new FetchFileError(`The file's URL answered ${statusCode}`, transient);
		}
		const encoding = header(headers['content-encoding']);
		if (encoding !== undefined && encoding !== 'identity') {
			body.destroy();
			throw new FetchFileError(`The file's URL answers in the encoding '${encoding}'`, false);
		}
		const type = header(headers['content-type'])?.split(';')[0]?.trim();
		const name = nameFor(url, type);
		const path = await storage.prepare('inputs', jobId, name);
		const size = await storage.write(path, body, maxFileBytes);
		return { path, name, mimeType: mime.getType(name) ?? type ?? 'application/octet-stream', size };
	}
	throw new FetchFileError(`The file's URL redirects more than ${maxRedirects} times`, false);
}

function redirected(location: string, from: URL): URL {
	if (URL.canParse(location, from.href)) return new URL(location, from);
	throw new FetchFileError("The file's URL redirects to something that is no URL", false);
}

/** The name in the URL, with an extension by the type when it has none. */
function nameFor(url: URL, type: string | undefined): string {
	const last = url.pathname.split('/').at(-1) ?? '';
	const name = safeFileName(last.replaceAll(/%[0-9a-f]{2}/gi, '_'));
	if (extensionOf(name) !== '') return name;
	const extension = type === undefined ? null : mime.getExtension(type);
	return extension === null ? name : `${name}.${extension}`;
}

function header(value: string | string[] | undefined): string | undefined {
	return Array.isArray(value) ? value[0] : value;
}
