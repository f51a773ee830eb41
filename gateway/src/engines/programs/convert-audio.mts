import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { EngineError, type EngineFile } from '../engine.mts';
import { findProgram } from './find-program.mts';
import { ProgramNotFoundError, runProgram } from './program.mts';
import { readWavFormat } from '../speech/wav.mts';

/** Sound as speech recognizers want it. */
export const recognizerRate = 16_000;

/* Only containers of sound and video: a playlist could make ffmpeg open other files and addresses. */
const inputFormats = [
	'wav',
	'mp3',
	'mov,mp4,m4a,3gp,3g2,mj2',
	'matroska,webm',
	'ogg',
	'flac',
	'aac',
	'mpeg',
	'mpegvideo',
	'mpegts',
	'aiff',
].join(',');

/** Some kilobytes of silence may say that they are years. WAV files themselves end at 4 GiB. */
const defaultMaxBytes = 2 * 1024 ** 3;
const bytesPerSample = 2;

interface Conversion {
	readonly from: string;
	readonly to: string;
	readonly rate: number;
	/** Of the result: what comes after is left out. */
	readonly maxSeconds: number;
}

const ffmpeg = ({ from, to, rate, maxSeconds }: Conversion): readonly string[] => [
	...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y'],
	...['-protocol_whitelist', 'file,pipe', '-format_whitelist', inputFormats],
	...[
		'-i',
		from,
		'-t',
		String(maxSeconds),
		'-vn',
		'-ac',
		'1',
		'-ar',
		String(rate),
		'-c:a',
		'pcm_s16le',
		'-f',
		'wav',
		to,
	],
];

const sox = ({ from, to, rate, maxSeconds }: Conversion): readonly string[] => [
	...[from, '-r', String(rate), '-c', '1', '-b', '16', '-e', 'signed-integer', '-t', 'wav', to],
	...['trim', '0', String(maxSeconds)],
];

const converters = [
	{ file: 'ffmpeg', args: ffmpeg },
	{ file: 'sox', args: sox },
];

/**
 * Writes a sound, or the sound of a video, as a WAV of one channel with 16 bits.
 * @param rate samples per second
 * @param maxBytes of the result
 * @throws NoConverterError; EngineError (final) when the file cannot be read as sound, or is too long
 */
export async function convertToWav(
	from: string,
	to: string,
	rate: number,
	signal: AbortSignal,
	maxBytes = defaultMaxBytes,
): Promise<EngineFile> {
	const maxSeconds = Math.floor(maxBytes / (rate * bytesPerSample));
	for (const { file, args } of converters) {
		try {
			const { exitCode, stderr } = await runProgram({
				file,
				args: args({ from, to, rate, maxSeconds }),
				cwd: dirname(to),
				maxStdoutBytes: 65_536,
				signal,
			});
			if (exitCode !== 0) {
				const reason = stderr.replaceAll(from, basename(from));
				throw new EngineError(`${basename(from)} cannot be read as sound: ${reason}`, 'final');
			}
			const { size } = await stat(to);
			if (size >= maxSeconds * rate * bytesPerSample) {
				throw new EngineError(`${basename(from)} is longer than ${maxSeconds} s`, 'final');
			}
			return { path: to, name: basename(to), mimeType: 'audio/wav', size };
		} catch (error) {
			if (!(error instanceof ProgramNotFoundError)) throw error;
		}
	}
	throw new NoConverterError(basename(from));
}

/** Neither ffmpeg nor sox is installed. */
export class NoConverterError extends EngineError {
	constructor(name: string) {
		super(`${name} has to be converted, but neither ffmpeg nor sox is installed`, 'final');
	}
}

export async function hasConverter(): Promise<boolean> {
	for (const { file } of converters) if ((await findProgram(file)) !== undefined) return true;
	return false;
}

/** Whether a file is a WAV of one channel, 16 bits and `recognizerRate` already. */
export async function isRecognizerWav(path: string): Promise<boolean> {
	const format = await readWavFormat(path);
	return (
		format?.sampleRate === recognizerRate && format.channels === 1 && format.bitsPerSample === 16
	);
}
