import { CancelledError, type ByteStream } from '../host';
import type { Client } from '../http/client';
import { onAbort } from '../onAbort';
import { headBytes } from './content';

/** A stream that delivers nothing for this long counts as broken. */
const stallMs = 60_000;

interface StreamWatch {
	/** How many bytes were read. */
	bytes(): number;
	/** The first bytes: enough to tell what a file is. */
	head(): Uint8Array;
	/** Whether the stream itself failed or stalled. */
	failed(): boolean;
	end(): void;
}

/** Counts the bytes of a stream, and destroys it when it stalls or the execution is cancelled. */
export function watchStream({ host, signal }: Client, stream: ByteStream): StreamWatch {
	let bytes = 0;
	let failed = false;
	let head = Buffer.alloc(0);
	const ended = new AbortController();
	const count = (chunk: Uint8Array | string) => {
		bytes += chunk.length;
		if (head.length < headBytes) {
			head = Buffer.concat([head, Buffer.from(chunk.slice(0, headBytes))]);
		}
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
	const destroyWhenStalled = async (): Promise<void> => {
		for (let previous = -1; previous !== bytes; ) {
			previous = bytes;
			await host.sleep(stallMs, ended.signal);
		}
		stream.destroy(new Error('The stream stalled'));
	};
	destroyWhenStalled().catch(() => {
		if (signal.aborted) stream.destroy(new CancelledError());
	});
	return {
		bytes: () => bytes,
		head: () => head,
		failed: () => failed,
		end() {
			unsubscribe();
			ended.abort();
		},
	};
}
