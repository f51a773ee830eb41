import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/**
 * Announces an answer in full, sends its first half and closes the connection.
 * @param length size of the whole body in bytes
 */
export function sendHalf(
	response: ServerResponse,
	status: number,
	headers: Readonly<Record<string, string | number | string[] | undefined>>,
	length: number,
	body: Iterable<Buffer> | AsyncIterable<Buffer>,
): void {
	response.writeHead(status, { ...headers, 'content-length': length });
	response.flushHeaders();
	const half = Readable.from(firstBytes(body, Math.floor(length / 2)));
	response.once('close', () => half.destroy());
	// Soon: what was written still reaches the client, so that it sees a short body and not a reset.
	half.once('end', () => response.socket?.destroySoon());
	half.once('error', () => response.destroy());
	half.pipe(response, { end: false });
}

async function* firstBytes(body: Iterable<Buffer> | AsyncIterable<Buffer>, count: number) {
	let left = count;
	for await (const chunk of body) {
		if (left === 0) return;
		const part = chunk.subarray(0, left);
		left -= part.length;
		yield part;
	}
}
