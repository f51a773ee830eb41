import type { EngineJob, Transcript } from '../engine.mts';
import { numberInput, textInput } from '../parameters.mts';
import { readWavFormat, wavSeconds } from '../speech/wav.mts';

/** Playing time that is assumed of a file whose own is unknown. */
const assumedSeconds = 6;

/** A transcript about the file itself, with times and speakers, so that every format has something to show. */
export async function emulatedTranscript(job: EngineJob): Promise<Transcript> {
	const { file, inputs, model } = job;
	const format = file === undefined ? undefined : await readWavFormat(file.path);
	const duration = format === undefined ? assumedSeconds : wavSeconds(format);
	const length = format === undefined ? '' : `, ${Number(duration.toFixed(3))} seconds long`;
	const sentences = [
		`[emulated] This is the transcript of ${file?.name ?? 'a recording'}.`,
		`It was a file of ${file?.size ?? 0} bytes${length}.`,
		`No model listened to it, ${model} is emulated.`,
	];
	const speakers = Math.max(1, numberInput(inputs, 'num_speakers') ?? 2);
	const text = sentences.join(' ');
	return {
		text,
		language: textInput(inputs, 'language') || 'en',
		duration,
		segments: share(sentences, duration).map(({ part, start, end }, index) => ({
			start,
			end,
			text: part,
			...(inputs['diarize'] === true ? { speaker: `SPEAKER_0${index % speakers}` } : {}),
		})),
		words: share(text.split(' '), duration).map(({ part, start, end }) => ({
			start,
			end,
			word: part,
		})),
	};
}

/** Gives each part an equal share of the time. */
function share(
	parts: readonly string[],
	seconds: number,
): readonly { readonly part: string; readonly start: number; readonly end: number }[] {
	const at = (index: number) => Number(((seconds * index) / parts.length).toFixed(3));
	return parts.map((part, index) => ({ part, start: at(index), end: at(index + 1) }));
}
