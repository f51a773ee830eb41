import type { SourceFile } from '../host';
import { isRecord, textOf } from '../json';
import type { Client } from '../http/client';
import { attemptMs, attempts, readLimits } from '../http/limits';

/** Milliseconds that a link of the upload API can be used. */
export const linkLifeMs = 30 * 60_000;

export interface UploadLink {
	/** A presigned capability: never shown. */
	readonly uploadUrl: string;
	readonly downloadUrl: string;
	/** The time of day at which the link ends, in milliseconds since 1970. */
	readonly expiresAt: number;
}

const webUrl = (value: string | undefined): string | undefined =>
	value !== undefined && /^https?:\/\//i.test(value) ? value : undefined;

/**
 * `GET /upload?filename=`: where to put a file, and where the models can read it from.
 * @param filename must end with an extension
 * @throws MonsterApiError
 */
export async function getUploadLink(client: Client, filename: string): Promise<UploadLink> {
	const { host } = client;
	const askedAt = host.wallClock();
	return await client.send<UploadLink>({
		method: 'GET',
		path: '/upload',
		query: { filename },
		endpoint: 'uploadLink',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.read,
		...readLimits(host.now()),
		parse: (body) => {
			const uploadUrl = isRecord(body) ? webUrl(textOf(body, 'upload_url')) : undefined;
			const downloadUrl = isRecord(body) ? webUrl(textOf(body, 'download_url')) : undefined;
			return uploadUrl === undefined || downloadUrl === undefined
				? { unreadable: 'MonsterAPI gave no upload link' }
				: { value: { uploadUrl, downloadUrl, expiresAt: askedAt + linkLifeMs } };
		},
	});
}

/**
 * PUTs a file's bytes to an upload link, as a stream of exact length and without the key. Each attempt has a link of
 * its own, asked for when its turn has come: in a long line an earlier one would run out.
 * @returns the link that worked
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
		timeoutMs: attemptMs.upload,
		maxAttempts: attempts.upload,
		deadline: Infinity,
		retryableStatuses: [403],
		parse: () => (link === undefined ? { unreadable: 'The upload had no link' } : { value: link }),
	});
}
