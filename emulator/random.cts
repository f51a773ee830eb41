import { createHash } from 'node:crypto';

/** A source of numbers from 0 to below 1 that is the same for the same text. */
export function randomFrom(text: string): () => number {
	let state = createHash('sha256').update(text).digest().readUInt32LE(0);
	// Mulberry32.
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
