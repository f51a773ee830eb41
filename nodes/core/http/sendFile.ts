import type { ByteStream, Host, HttpRequest, HttpResult, RequestBody } from '../host';
import { onAbort } from '../onAbort';
import { untilTooSlow } from './minRate';

type FileBody = Extract<RequestBody, { kind: 'file' }>;

/** Large enough for a minimum rate to be seen: at 4 kB a second, one takes a minute. */
const chunkBytes = 128 * 1024;

/**
 * Sends a request with a file. It times out when the other side takes the file too slowly, or does not answer within two
 * minutes after its last byte: a storage that hangs would hold a transfer's slot for half an hour.
 */
export async function sendFile(
	host: Pick<Host, 'request' | 'sleep'>,
	request: HttpRequest,
	body: FileBody,
): Promise<HttpResult> {
	const { content } = body;
	const stop = new AbortController();
	const ended = new AbortController();
	let bytes = 0;
	let isTooSlow = false;
	const unsubscribe = onAbort(request.signal, () => stop.abort());
	untilTooSlow(host, () => bytes, ended.signal).then(
		() => {
			isTooSlow = true;
			stop.abort();
		},
		() => undefined,
	);
	const result = await host.request({
		...request,
		signal: stop.signal,
		body: {
			...body,
			// The size of Base64 text is an estimate.
			size: content instanceof Uint8Array ? content.length : body.size,
			content: counted(content, (count) => {
				bytes += count;
			}),
		},
	});
	ended.abort();
	unsubscribe();
	return isTooSlow && result.kind === 'cancelled' ? timedOut : result;
}

const timedOut: HttpResult = {
	kind: 'networkError',
	reached: 'maybe',
	transient: true,
	code: 'ETIMEDOUT',
};

/** The content in chunks, each counted when the next one is asked for. */
async function* counted(
	content: FileBody['content'],
	onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of content instanceof Uint8Array ? chunksOf(content) : content) {
		const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
		yield bytes;
		onBytes(bytes.length);
	}
	// The end is progress, however few bytes were left: from here on the answer has a whole minute.
	onBytes(Infinity);
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
	for (let start = 0; start < bytes.length; start += chunkBytes) {
		yield bytes.subarray(start, start + chunkBytes);
	}
}

/** Closes the file of an attempt, which an early refusal leaves unread. */
export function closeFile(body: RequestBody | undefined): void {
	if (body?.kind === 'file' && isStream(body.content)) body.content.destroy();
}

const isStream = (content: FileBody['content']): content is ByteStream => 'destroy' in content;
