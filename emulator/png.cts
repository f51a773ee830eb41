import { deflateSync } from 'node:zlib';

export interface Picture {
	readonly width: number;
	readonly height: number;
	/** Up to 256 colours, three bytes each. */
	readonly palette: Buffer;
	/** One index into the palette for each pixel, row by row. */
	readonly pixels: Uint8Array;
	/** Stands in the file as its comment. */
	readonly comment: string;
}

/** Makes a PNG file with a palette: small, and quick enough for hundreds of images. */
export function encodePng({ width, height, palette, pixels, comment }: Picture): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header[8] = 8;
	header[9] = 3;
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++) {
		rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
	}
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1')),
		chunk('PLTE', palette),
		chunk('IDAT', deflateSync(rows, { level: 1 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function chunk(type: string, content: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length);
	const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
	const check = Buffer.alloc(4);
	check.writeUInt32BE(crc(body));
	return Buffer.concat([length, body, check]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_unused, index) => {
	let value = index;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	return value;
});

/* By hand: node:zlib has a crc32 only from Node 20.15 on. */
function crc(bytes: Buffer): number {
	let value = 0xffffffff;
	for (const byte of bytes) value = (crcTable[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
	return (value ^ 0xffffffff) >>> 0;
}
