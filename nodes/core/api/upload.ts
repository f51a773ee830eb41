import type { SourceFile } from '../host';
import { isRecord, textOf } from '../json';
import type { ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { attemptTimeoutMs, maxAttempts, readLimits } from '../http/timeouts';
import { statesFailure } from './confirmation';

/** How long an upload link is valid, in milliseconds. */
const linkLifetimeMs = 30 * 60_000;

interface UploadLink {
	/** Presigned: never shown. */
	readonly uploadUrl: string;
	readonly downloadUrl: string;
	/** When the link expires, in milliseconds since 1970. */
	readonly expiresAt: number;
}

const webUrl = (value: string | undefined): string | undefined =>
	value !== undefined && /^https?:\/\//i.test(value) ? value : undefined;

/** Parses the answer to `GET /upload`. */
export function parseUploadLink(body: unknown): ParseResult<Omit<UploadLink, 'expiresAt'>> {
	const uploadUrl = isRecord(body) ? webUrl(textOf(body, 'upload_url')) : undefined;
	const downloadUrl = isRecord(body) ? webUrl(textOf(body, 'download_url')) : undefined;
	return uploadUrl === undefined || downloadUrl === undefined
		? { unreadable: 'MonsterAPI gave no upload link' }
		: { value: { uploadUrl, downloadUrl } };
}

/**
 * `GET /upload?filename=`: where to upload a file, and where the models can read it.
 * @param filename must end with an extension
 * @throws MonsterApiError
 */
export async function getUploadLink(client: Client, filename: string): Promise<UploadLink> {
	const { host } = client;
	const requestedAt = host.wallClock();
	return await client.send<UploadLink>({
		method: 'GET',
		path: '/upload',
		query: { filename },
		endpoint: 'uploadLink',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.read,
		...readLimits(host.now()),
		parse: (body) => {
			const parsed = parseUploadLink(body);
			return 'value' in parsed
				? { value: { ...parsed.value, expiresAt: requestedAt + linkLifetimeMs } }
				: parsed;
		},
	});
}

/**
 * PUTs a file to an upload link, as a stream with a Content-Length and without the API key. Each attempt requests its own
 * link when it starts: in a long queue an earlier one could expire.
 * @returns the link that was used
 * @throws MonsterApiError
 */
export async function putFile(client: Client, file: SourceFile): Promise<UploadLink> {
	let link: UploadLink | undefined;
	return await client.send<UploadLink>({
		method: 'PUT',
		url: async () => {
			link = await getUploadLink(client, file.name);
			return link.uploadUrl;
		},
		body: async () => ({
			kind: 'file',
			content: await file.open(),
			size: file.size,
			mimeType: file.mimeType,
		}),
		endpoint: 'uploadFile',
		idempotency: 'idempotent',
		pool: 'transfer',
		timeoutMs: attemptTimeoutMs.upload,
		maxAttempts: maxAttempts.upload,
		deadline: Infinity,
		retryableStatuses: [403],
		parse: (body, { text }) => {
			if (link === undefined) return { unreadable: 'The upload had no link' };
			// Storages answer with an empty body; a page or a stated failure shows that none has the file.
			const isPage = body === undefined && /^\s*[<{[]/.test(text);
			return isPage || statesFailure(body)
				? { unreadable: 'The file storage did not confirm the upload' }
				: { value: link };
		},
	});
}
