import type { ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { attemptMs, attempts } from '../http/limits';
import { CancelledError, type ByteStream, type FileLabel, type Headers } from '../host';
import { onAbort } from '../onAbort';
import { extensionOf, extensionOfMime, mimeFor, safeFileName } from './names';

/** A stream that brings nothing for this long is taken as broken off. */
const stallMs = 60_000;

/**
 * Fetches a job's result file and stores it, streamed. A file that is empty or breaks off is fetched again, and so is
 * one that is not there yet.
 * @param fallbackName what to call it when its URL names nothing, without extension
 * @throws MonsterApiError with neither the URL nor its signature
 */
export const downloadFile = async <Stored>(
	client: Client<Stored>,
	url: string,
	fallbackName: string,
): Promise<Stored> =>
	await client.send<Stored>({
		method: 'GET',
		url,
		endpoint: 'resultFile',
		idempotency: 'idempotent',
		pool: 'transfer',
		timeoutMs: attemptMs.read,
		maxAttempts: attempts.download,
		// Its attempts are what bounds it: a file may stand in line for an hour behind others, and is paid for.
		deadline: Infinity,
		retryableStatuses: [403, 404],
		answer: 'stream',
		parse: async (stream, headers) =>
			await store(client, stream, headers, labelFor(url, headers, fallbackName)),
	});

async function store<Stored>(
	client: Client<Stored>,
	stream: ByteStream,
	headers: Headers,
	label: FileLabel,
): Promise<ParseResult<Stored>> {
	const watch = watchStream(client, stream);
	const saved = await client.host.saveFile(stream, label).then(
		(stored) => ({ stored }),
		(error: unknown) => ({ error }),
	);
	watch.end();
	if (client.signal.aborted) throw new CancelledError();
	const promised = promisedBytes(headers);
	if ('error' in saved) {
		stream.destroy();
		// Whoever stores a stream ends it with the disk's error, so that it looks broken as well.
		if (watch.broke() && !isDiskFault(saved.error)) {
			return { unreadable: brokeOff(watch.bytes(), promised) };
		}
		// Not the network but this side: a full disk is not mended by asking again.
		throw new MonsterApiError('The result file could not be stored', {
			advice: `n8n could not save its binary data: ${reasonOf(saved.error)}.`,
			retryable: false,
		});
	}
	if (watch.bytes() === 0) return { unreadable: 'The result file is empty' };
	if (promised !== undefined && watch.bytes() < promised) {
		return { unreadable: brokeOff(watch.bytes(), promised) };
	}
	return { value: saved.stored };
}

interface Watch {
	bytes(): number;
	/** Whether the stream itself ended badly, or stood still. */
	broke(): boolean;
	end(): void;
}

/** Counts what comes, and ends a stream that stands still or whose execution was stopped. */
function watchStream(client: Client, stream: ByteStream): Watch {
	const { host, signal } = client;
	let bytes = 0;
	let broken = false;
	const over = new AbortController();
	const count = (chunk: Uint8Array | string) => {
		bytes += chunk.length;
	};
	// A listener for data sets the stream flowing, so it may come only with the one of whoever stores the file; and
	// pausing instead would leave a stream standing whose storer does not resume it.
	const join = (event: string | symbol) => {
		if (event !== 'data' && event !== 'readable') return;
		stream.removeListener('newListener', join);
		stream.on('data', count);
	};
	stream.on('newListener', join);
	stream.on('error', () => {
		broken = true;
	});
	const forget = onAbort(signal, () => over.abort());
	const watchdog = async (): Promise<void> => {
		for (let seen = -1; seen !== bytes; ) {
			seen = bytes;
			await host.sleep(stallMs, over.signal);
		}
		stream.destroy(new Error('The stream stood still'));
	};
	watchdog().catch(() => {
		if (signal.aborted) stream.destroy(new CancelledError());
	});
	const end = () => {
		forget();
		over.abort();
	};
	return { bytes: () => bytes, broke: () => broken, end };
}

/** The least to expect. A transfer that was encoded all the same brings more than it says. */
function promisedBytes(headers: Headers): number | undefined {
	const length = headers['content-length'];
	if (length === undefined || headers['content-encoding'] !== undefined) return undefined;
	return /^\d+$/.test(length) ? Number(length) : undefined;
}

const brokeOff = (bytes: number, promised: number | undefined): string =>
	`The result file broke off after ${bytes} ${promised === undefined ? '' : `of ${promised} `}bytes`;

/** What the operating system says of files and never of a connection that stands. */
const diskFaults = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOENT'];

const isDiskFault = (error: unknown): boolean => diskFaults.includes(reasonOf(error));

const reasonOf = (error: unknown): string =>
	error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';

/** The true name and type of a result: from its URL, its Content-Type and, last, the other of the two. */
function labelFor(url: string, headers: Headers, fallbackName: string): FileLabel {
	const path = URL.canParse(url) ? new URL(url).pathname : '';
	const name = safeFileName(decoded(path)) || fallbackName;
	const mimeType = mimeFor(name, headers['content-type'] ?? '');
	const extension = extensionOfMime(mimeType);
	const named = extensionOf(name) === '' && extension !== undefined ? `${name}.${extension}` : name;
	return { name: named, mimeType };
}

function decoded(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
