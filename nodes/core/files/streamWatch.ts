import { CancelledError, type ByteStream } from '../host';
import type { Client } from '../http/client';
import { untilTooSlow } from '../http/minRate';
import { onAbort } from '../onAbort';
import { headBytes } from './content';

interface StreamWatch {
	/** How many bytes were read. */
	bytes(): number;
	/** The first bytes: enough to tell what a file is. */
	head(): Uint8Array;
	/** Whether the stream itself failed or was too slow. */
	failed(): boolean;
	/** Whether it had more bytes than it may have. */
	tooLarge(): boolean;
	end(): void;
}

/**
 * Counts the bytes of a stream, and destroys it when it is too slow, has more than `maxBytes`, or the execution is cancelled.
 */
export function watchStream(
	{ host, signal }: Client,
	stream: ByteStream,
	maxBytes: number,
): StreamWatch {
	let bytes = 0;
	let failed = false;
	let head = Buffer.alloc(0);
	const ended = new AbortController();
	const count = (chunk: Uint8Array | string) => {
		bytes += chunk.length;
		if (head.length < headBytes) {
			head = Buffer.concat([head, Buffer.from(chunk.slice(0, headBytes))]);
		}
		if (bytes > maxBytes) stream.destroy(new Error('The stream is too large'));
	};
	// A data listener starts the flow, so it may be added only together with the consumer's; pausing the stream instead
	// would leave it paused for a consumer that does not resume it.
	const join = (event: string | symbol) => {
		if (event !== 'data' && event !== 'readable') return;
		stream.removeListener('newListener', join);
		stream.on('data', count);
	};
	stream.on('newListener', join);
	stream.on('error', () => {
		failed = true;
	});
	const unsubscribe = onAbort(signal, () => ended.abort());
	untilTooSlow(host, () => bytes, ended.signal).then(
		() => stream.destroy(new Error('The stream is too slow')),
		() => {
			if (signal.aborted) stream.destroy(new CancelledError());
		},
	);
	return {
		bytes: () => bytes,
		head: () => head,
		failed: () => failed,
		tooLarge: () => bytes > maxBytes,
		end() {
			unsubscribe();
			ended.abort();
		},
	};
}
