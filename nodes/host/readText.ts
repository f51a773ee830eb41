import type { ByteStream } from '../core/host';

/**
 * Reads a stream as UTF-8 text, and counts it: a few kilobytes may decompress to gigabytes.
 * @returns undefined if it has more than `maxBytes`; the rest is not read
 * @throws the error of a stream that breaks off
 */
export const readText = async (stream: ByteStream, maxBytes: number): Promise<string | undefined> =>
	await new Promise((resolve, reject) => {
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		stream.on('data', (chunk: Uint8Array) => {
			bytes += chunk.length;
			if (bytes <= maxBytes) {
				chunks.push(chunk);
				return;
			}
			chunks.length = 0;
			resolve(undefined);
			stream.destroy();
		});
		stream.on('end', () => resolve(decode(chunks)));
		stream.on('error', reject);
		// Nothing comes any more, whatever the reason; ignored after an end.
		stream.on('close', () => reject(brokenOff));
	});

const brokenOff = Object.assign(new Error('The answer broke off'), { code: 'ECONNRESET' });

/** Without the mark that some servers begin a text with. */
const decode = (chunks: readonly Uint8Array[]): string =>
	Buffer.concat(chunks)
		.toString('utf8')
		.replace(/^\ufeff/, '');
