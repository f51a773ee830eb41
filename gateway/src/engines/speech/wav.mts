import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { EngineError } from '../engine.mts';

export interface WavFormat {
	readonly sampleRate: number;
	readonly channels: number;
	readonly bitsPerSample: number;
	/** Where the samples are in the file, in bytes. */
	readonly dataOffset: number;
	readonly dataLength: number;
}

const headerLength = 44;
/** Chunks before the samples are small, apart from pictures in `LIST`. */
const maxHeadLength = 64 * 1024;
const pcm = 1;
/** WAVE_FORMAT_EXTENSIBLE, which some programs write for plain samples too. */
const extensible = 0xfffe;

/**
 * Reads a WAV file's header. A streamed WAV says 0 or 2³²−1 as its length, or more than there is: the file's size counts.
 * @returns undefined when the file is not a WAV of plain samples
 */
export async function readWavFormat(path: string): Promise<WavFormat | undefined> {
	const { size } = await stat(path);
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(maxHeadLength), 0, maxHeadLength, 0);
		return parseHead(buffer.subarray(0, bytesRead), size);
	} finally {
		await file.close();
	}
}

function parseHead(head: Buffer, fileSize: number): WavFormat | undefined {
	if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
		return undefined;
	}
	let format: Omit<WavFormat, 'dataOffset' | 'dataLength'> | undefined;
	for (let offset = 12; offset + 8 <= head.length; ) {
		const id = head.toString('latin1', offset, offset + 4);
		const length = head.readUInt32LE(offset + 4);
		const body = offset + 8;
		if (id === 'fmt ' && body + 16 <= head.length) {
			if (![pcm, extensible].includes(head.readUInt16LE(body))) return undefined;
			format = {
				channels: head.readUInt16LE(body + 2),
				sampleRate: head.readUInt32LE(body + 4),
				bitsPerSample: head.readUInt16LE(body + 14),
			};
		}
		if (id === 'data') {
			const available = fileSize - body;
			const dataLength = length === 0 ? available : Math.min(length, available);
			return format === undefined ? undefined : { ...format, dataOffset: body, dataLength };
		}
		// Chunks begin at even places.
		offset = body + length + (length % 2);
	}
	return undefined;
}

export const wavSeconds = ({
	sampleRate,
	channels,
	bitsPerSample,
	dataLength,
}: WavFormat): number => dataLength / ((sampleRate * channels * bitsPerSample) / 8);

/** The header of a WAV file of plain samples. */
export function wavHeader(
	{ sampleRate, channels, bitsPerSample }: Omit<WavFormat, 'dataOffset' | 'dataLength'>,
	dataLength: number,
): Buffer {
	const header = Buffer.alloc(headerLength);
	const frame = (channels * bitsPerSample) / 8;
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(Math.min(dataLength + headerLength - 8, 0xffffffff), 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(pcm, 20);
	header.writeUInt16LE(channels, 22);
	header.writeUInt32LE(sampleRate, 24);
	header.writeUInt32LE(sampleRate * frame, 28);
	header.writeUInt16LE(frame, 32);
	header.writeUInt16LE(bitsPerSample, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(Math.min(dataLength, 0xffffffff), 40);
	return header;
}

/**
 * Writes the samples of WAV files one after another into a new file with a right header.
 * @throws EngineError (failed) when one is not a WAV, or differs from the first in its form
 */
export async function joinWavs(paths: readonly string[], to: string): Promise<WavFormat> {
	const file = await open(to, 'wx');
	try {
		let first: WavFormat | undefined;
		let dataLength = 0;
		for (const path of paths) {
			const format = await readWavFormat(path);
			if (format === undefined) throw new EngineError('The engine answered no WAV', 'failed');
			first ??= format;
			if (!sameForm(first, format)) {
				throw new EngineError('The engine answered parts of different sample rates', 'failed');
			}
			const { dataOffset: start } = format;
			const end = start + format.dataLength - 1;
			if (format.dataLength === 0) continue;
			const stream: AsyncIterable<Buffer> = createReadStream(path, { start, end });
			for await (const bytes of stream) {
				await file.write(bytes, 0, bytes.length, headerLength + dataLength);
				dataLength += bytes.length;
			}
		}
		if (first === undefined) throw new EngineError('There is no sound to join', 'failed');
		await file.write(wavHeader(first, dataLength), 0, headerLength, 0);
		return { ...first, dataOffset: headerLength, dataLength };
	} finally {
		await file.close();
	}
}

const sameForm = (one: WavFormat, other: WavFormat): boolean =>
	one.sampleRate === other.sampleRate &&
	one.channels === other.channels &&
	one.bitsPerSample === other.bitsPerSample;
