import { createHash } from 'node:crypto';

import { wavSeconds } from './wav.cjs';

/** What is known of a file that was read: enough to tell to the byte what arrived. */
export interface Content {
	/** Bytes. */
	readonly size: number;
	/** Hexadecimal. */
	readonly sha256: string;
	/** Playing time; of WAV files only. */
	readonly seconds: number | undefined;
}

/** As much of a file's beginning as is kept, to read the header of a sound. */
const headBytes = 4096;

/** Hashes and measures a file chunk by chunk, keeping only its beginning. */
export class ContentDigest {
	private readonly hash = createHash('sha256');
	private head = Buffer.alloc(0);
	private size = 0;

	add(chunk: Buffer): void {
		this.hash.update(chunk);
		this.size += chunk.length;
		if (this.head.length < headBytes) {
			this.head = Buffer.concat([this.head, chunk.subarray(0, headBytes - this.head.length)]);
		}
	}

	total(): Content {
		const { size, head } = this;
		return { size, sha256: this.hash.digest('hex'), seconds: wavSeconds(head) };
	}
}

/** Reads a file to its end. */
export async function digest(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<Content> {
	const sum = new ContentDigest();
	for await (const chunk of chunks) sum.add(chunk);
	return sum.total();
}
