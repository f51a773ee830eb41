import { crc32, deflateSync } from 'node:zlib';
import type { Size } from '../images/image-size.mts';

/* EMULATED in letters of 5 × 7 dots, a number for each row. */
const letters: Readonly<Record<string, readonly number[]>> = {
	E: [31, 16, 16, 30, 16, 16, 31],
	M: [17, 27, 21, 21, 17, 17, 17],
	U: [17, 17, 17, 17, 17, 17, 14],
	L: [16, 16, 16, 16, 16, 16, 31],
	A: [14, 17, 17, 31, 17, 17, 17],
	T: [31, 4, 4, 4, 4, 4, 4],
	D: [30, 17, 17, 17, 17, 17, 30],
};
const caption = 'EMULATED';
const letterWidth = 6;

/** A PNG with a gradient whose colours depend on the seed, and EMULATED across it. The same seed gives the same picture. */
export function emulatedPng({ width, height }: Size, seed: number): Buffer {
	const dot = Math.max(1, Math.floor(width / (letterWidth * (caption.length + 2))));
	const left = Math.floor((width - caption.length * letterWidth * dot) / 2);
	const top = Math.floor((height - 7 * dot) / 2);
	const hue = (Math.abs(seed) * 47) % 256;
	const rows = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0; y < height; y++) {
		const row = y * (1 + width * 3);
		for (let x = 0; x < width; x++) {
			const inCaption = isInked(Math.floor((x - left) / dot), Math.floor((y - top) / dot));
			rows[row + 1 + x * 3] = inCaption ? 255 : (hue + (x * 128) / width) & 255;
			rows[row + 2 + x * 3] = inCaption ? 255 : (y * 160) / height;
			rows[row + 3 + x * 3] = inCaption ? 255 : (255 - hue) & 255;
		}
	}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	// Eight bits for each of red, green and blue.
	head.set([8, 2], 8);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', head),
		chunk('tEXt', Buffer.from('Comment\0Emulated: no model made this picture.', 'latin1')),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function isInked(column: number, row: number): boolean {
	if (column < 0 || row < 0 || row > 6) return false;
	const letter = letters[caption[Math.floor(column / letterWidth)] ?? ''];
	const bit = 4 - (column % letterWidth);
	return bit >= 0 && (((letter?.[row] ?? 0) >> bit) & 1) === 1;
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const framed = Buffer.alloc(body.length + 8);
	framed.writeUInt32BE(data.length, 0);
	body.copy(framed, 4);
	framed.writeUInt32BE(crc32(body), body.length + 4);
	return framed;
}
