import { open } from 'node:fs/promises';
import { textInput } from '../parameters.mts';

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** The configuration's `sizes`: aspect ratio → "WIDTHxHEIGHT". */
export type Sizes = Readonly<Partial<Record<'square' | 'portrait' | 'landscape', string>>>;

const sizeText = { type: 'string', pattern: '^[1-9]\\d{1,4}x[1-9]\\d{1,4}$' } as const;

export const sizesProperty = {
	type: 'object',
	additionalProperties: false,
	properties: { square: sizeText, portrait: sizeText, landscape: sizeText },
	description: 'Pixels of each aspect ratio, such as 512x768',
} as const;

/* The hosted service's own sizes are not known; these are what the model families were trained on. */
const stableDiffusion: Sizes = { square: '512x512', portrait: '512x768', landscape: '768x512' };
const sdxl: Sizes = { square: '1024x1024', portrait: '832x1216', landscape: '1216x832' };
export const openAiSizes: Sizes = {
	square: '1024x1024',
	portrait: '1024x1536',
	landscape: '1536x1024',
};

export const sizesOf = (model: string): Sizes =>
	model === 'sdxl-base' || model === 'photo-maker' ? sdxl : stableDiffusion;

/** The size of a job's aspect ratio; undefined when it names none, so that the engine's own applies. */
export function requestedSize(
	inputs: Readonly<Record<string, unknown>>,
	sizes: Sizes,
): Size | undefined {
	const ratio = textInput(inputs, 'aspect_ratio');
	const text =
		ratio === 'square' || ratio === 'portrait' || ratio === 'landscape' ? sizes[ratio] : undefined;
	const [width, height] = (text ?? '').split('x').map(Number);
	return width === undefined || height === undefined ? undefined : { width, height };
}

/** The largest picture that an edit asks for: what SDXL was trained on, and what most cards can take. */
const maxPixels = 1024 * 1024;
/** A picture of a line asks for no more than this in length. */
const maxSide = 2048;
/** Latent images need multiples of 8; 64 works with every model. */
const step = 64;

/** A size with the proportions of a picture that an engine can generate. */
export function generationSize({ width, height }: Size): Size {
	const scale = Math.min(1, Math.sqrt(maxPixels / (width * height)));
	const fit = (length: number) =>
		Math.min(maxSide, Math.max(step, Math.round((length * scale) / step) * step));
	return { width: fit(width), height: fit(height) };
}

/** Bytes in which a JPEG's frame header is looked for: it follows the EXIF data, whose thumbnail may be large. */
const headBytes = 512 * 1024;

/** @returns the pixels of a PNG or JPEG file; undefined for any other file */
export async function readImageSize(path: string): Promise<Size | undefined> {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
		const head = buffer.subarray(0, bytesRead);
		const size = pngSize(head) ?? jpegSize(head);
		return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
	} finally {
		await file.close();
	}
}

function pngSize(head: Buffer): Size | undefined {
	if (head.length < 24 || head.toString('latin1', 1, 4) !== 'PNG') return undefined;
	return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function jpegSize(head: Buffer): Size | undefined {
	if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
	let offset = 2;
	while (offset + 9 < head.length && head[offset] === 0xff) {
		const marker = head[offset + 1] ?? 0;
		// Start of frame, apart from the Huffman (C4), JPEG (C8) and arithmetic (CC) tables.
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) {
			return { height: head.readUInt16BE(offset + 5), width: head.readUInt16BE(offset + 7) };
		}
		offset += 2 + head.readUInt16BE(offset + 2);
	}
	return undefined;
}
