import { CancelledError, type ByteStream, type FileLabel, type Headers } from '../host';
import type { ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { megabyte } from '../http/sizes';
import { attemptTimeoutMs, maxAttempts } from '../http/timeouts';
import { otherThanFile } from './content';
import { decodeDataUrl, isDataUrl, unreadableData } from './dataUrl';
import { extensionOf, extensionOfMime, fileNameOfUrl, mimeFor } from './names';
import { watchStream } from './streamWatch';

/**
 * Downloads a result file as a stream and stores it. Retried when the file is empty, incomplete or not available yet, and
 * when a page or an error comes instead.
 * @param url a web address, or the file itself as a data: URL
 * @param fallbackName the file name, without extension, if the URL has none
 * @param maxBytes of the file, decompressed; a larger one is not stored
 * @throws MonsterApiError with neither the URL nor its signature
 */
export const downloadFile = async <Stored>(
	client: Client<Stored>,
	url: string,
	fallbackName: string,
	maxBytes = Infinity,
): Promise<Stored> => {
	if (isDataUrl(url)) return await storeData(client, url, fallbackName, maxBytes);
	return await client.send<Stored>({
		method: 'GET',
		url,
		endpoint: 'resultFile',
		idempotency: 'idempotent',
		pool: 'transfer',
		timeoutMs: attemptTimeoutMs.read,
		maxAttempts: maxAttempts.download,
		// Bounded by its attempts only: a file may wait an hour behind others, and has been paid for.
		deadline: Infinity,
		retryableStatuses: [403, 404],
		answer: 'stream',
		parse: async (stream, headers) =>
			await store(client, stream, headers, labelFor(url, headers, fallbackName), maxBytes),
	});
};

/** Stores a file that is part of an answer. */
async function storeData<Stored>(
	client: Client<Stored>,
	url: string,
	fallbackName: string,
	maxBytes: number,
): Promise<Stored> {
	const { bytes, mimeType } = decodeDataUrl(url);
	if (bytes.length > maxBytes) throw tooLarge(maxBytes);
	const extension = extensionOfMime(mimeType);
	const name = extension === undefined ? fallbackName : `${fallbackName}.${extension}`;
	const other = otherThanFile(bytes, name, client.secrets);
	if (other !== undefined) throw unreadableData(`It is ${other}.`);
	return await storeFile(client, bytes, { name, mimeType });
}

/**
 * Stores a file that is in memory.
 * @throws MonsterApiError when the platform cannot store it
 */
export async function storeFile<Stored>(
	{ host, signal }: Client<Stored>,
	bytes: Uint8Array,
	{ name, mimeType }: FileLabel,
): Promise<Stored> {
	if (signal.aborted) throw new CancelledError();
	return await host.saveFile(bytes, { name, mimeType }).catch((error: unknown) => {
		throw notStored(error);
	});
}

async function store<Stored>(
	client: Client<Stored>,
	stream: ByteStream,
	headers: Headers,
	label: FileLabel,
	maxBytes: number,
): Promise<ParseResult<Stored>> {
	const expected = expectedBytes(headers);
	if (expected !== undefined && expected > maxBytes) {
		stream.destroy();
		throw tooLarge(maxBytes);
	}
	const watch = watchStream(client, stream, maxBytes);
	const result = await client.host.saveFile(stream, label).then(
		(stored) => ({ stored }),
		(error: unknown) => ({ error }),
	);
	watch.end();
	if (client.signal.aborted) throw new CancelledError();
	if (watch.tooLarge()) throw tooLarge(maxBytes);
	if ('error' in result) {
		stream.destroy();
		// Storing a stream ends it with the disk's error, so that it seems to have failed as well.
		if (watch.failed() && !isDiskError(result.error)) {
			return { unreadable: incomplete(watch.bytes(), expected) };
		}
		// Not the network but this machine: retrying does not help with a full disk.
		throw notStored(result.error);
	}
	if (watch.bytes() === 0) return { unreadable: 'The result file is empty' };
	const other = otherThanFile(watch.head(), label.name, client.secrets);
	if (other !== undefined) {
		return { unreadable: `The file storage answered with ${other} instead of a file` };
	}
	if (expected !== undefined && watch.bytes() < expected) {
		return { unreadable: incomplete(watch.bytes(), expected) };
	}
	return { value: result.stored };
}

const notStored = (error: unknown): MonsterApiError =>
	new MonsterApiError('The result file could not be stored', {
		advice: `n8n could not save its binary data: ${reasonOf(error)}.`,
		retryable: false,
	});

/** The minimum: a transfer that was encoded although identity was asked for has more bytes than announced. */
function expectedBytes(headers: Headers): number | undefined {
	const length = headers['content-length'];
	if (length === undefined || headers['content-encoding'] !== undefined) return undefined;
	return /^\d+$/.test(length) ? Number(length) : undefined;
}

/** Not retryable: the file would be as large again. */
const tooLarge = (maxBytes: number): MonsterApiError =>
	new MonsterApiError(`The result file is larger than ${maxBytes / megabyte} MB`, {
		advice: "Increase 'Max File Size (MB)', or turn 'Download' off to get only its URL.",
		retryable: false,
	});

const incomplete = (bytes: number, expected: number | undefined): string =>
	`The result file broke off after ${bytes} ${expected === undefined ? '' : `of ${expected} `}bytes`;

/** System errors that concern files, never an open connection. */
const diskErrorCodes = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOENT'];

const isDiskError = (error: unknown): boolean => diskErrorCodes.includes(reasonOf(error));

const reasonOf = (error: unknown): string =>
	error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';

/** The name and type of a result: from its URL, its Content-Type and, if one is missing, from the other. */
function labelFor(url: string, headers: Headers, fallbackName: string): FileLabel {
	const name = fileNameOfUrl(url) || fallbackName;
	const mimeType = mimeFor(name, headers['content-type'] ?? '');
	const extension = extensionOfMime(mimeType);
	const isBare = extensionOf(name) === '' && extension !== undefined;
	return { name: isBare ? `${name}.${extension}` : name, mimeType };
}
