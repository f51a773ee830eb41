import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { convertToWav, NoConverterError } from '../programs/convert-audio.mts';
import type { EngineFile, EngineJob } from '../engine.mts';
import { noEffect, numberInput } from '../parameters.mts';
import { readWavFormat } from './wav.mts';

export const speechFileName = 'speech.wav';
const minRate = 4_000;
const maxRate = 192_000;

/**
 * The WAV at `path` as the job's output, with the sample rate that the job asks for when ffmpeg or sox is there to change it.
 */
export async function finishSpeech(
	job: EngineJob,
	path: string,
	signal: AbortSignal,
): Promise<{ readonly file: EngineFile; readonly notes: readonly string[] }> {
	const to = join(job.workFolder, speechFileName);
	const notes: string[] = [];
	const rate = numberInput(job.inputs, 'sample_rate');
	const own = (await readWavFormat(path))?.sampleRate;
	if (rate !== undefined && rate !== own) {
		if (rate < minRate || rate > maxRate) {
			notes.push(noEffect('sample_rate', `${rate} is not between ${minRate} and ${maxRate}`));
		} else {
			try {
				const file = await convertToWav(path, to, rate, signal);
				await rm(path, { force: true });
				return { file, notes };
			} catch (error) {
				if (!(error instanceof NoConverterError)) throw error;
				notes.push(
					noEffect('sample_rate', `the voice has ${own ?? 'its own'}, and ffmpeg is not installed`),
				);
			}
		}
	}
	await rename(path, to);
	const { size } = await stat(to);
	return { file: { path: to, name: speechFileName, mimeType: 'audio/wav', size }, notes };
}
