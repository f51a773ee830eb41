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

const ffmpeg = (from: string, to: string, rate: number): readonly string[] => [
	...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y'],
	...['-protocol_whitelist', 'file,pipe', '-format_whitelist', inputFormats],
	...['-i', from, '-vn', '-ac', '1', '-ar', String(rate), '-c:a', 'pcm_s16le', '-f', 'wav', to],
];

const sox = (from: string, to: string, rate: number): readonly string[] => [
	...[from, '-r', String(rate), '-c', '1', '-b', '16', '-e', 'signed-integer', '-t', 'wav', to],
];

const converters = [
	{ file: 'ffmpeg', args: ffmpeg },
	{ file: 'sox', args: sox },
];

/**
 * Writes a sound, or the sound of a video, as a WAV of one channel with 16 bits.
 * @param rate samples per second
 * @throws NoConverterError; EngineError (final) when the file cannot be read as sound
 */
export async function convertToWav(
	from: string,
	to: string,
	rate: number,
	signal: AbortSignal,
): Promise<EngineFile> {
	for (const { file, args } of converters) {
		try {
			const run = { file, args: args(from, to, rate), cwd: dirname(to), maxStdoutBytes: 65_536 };
			const { exitCode, stderr } = await runProgram({ ...run, signal });
			if (exitCode !== 0) {
				const reason = stderr.replaceAll(from, basename(from));
				throw new EngineError(`${basename(from)} cannot be read as sound: ${reason}`, 'final');
			}
			return { path: to, name: basename(to), mimeType: 'audio/wav', size: (await stat(to)).size };
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
