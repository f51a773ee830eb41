import type { Job } from './job.cjs';

/** Playing time that is assumed of a file whose own is unknown, in seconds. */
const assumedSeconds = 6;

/** The `result` of a transcription, in the form that was asked for, about the file itself. */
export function transcript({ model, inputs, file }: Job): Readonly<Record<string, unknown>> {
	const size = file?.size === undefined ? 'of unknown size' : `of ${file.size} bytes`;
	const length =
		file?.seconds === undefined ? '' : `, ${Number(file.seconds.toFixed(3))} seconds long`;
	const sentences = [
		`[emulated] This is the transcript of ${file?.name ?? 'a recording'}.`,
		`It was a file ${size}${length}.`,
		`No model listened to it, ${model} is emulated.`,
	];
	const text = sentences.join(' ');
	const seconds = file?.seconds ?? assumedSeconds;
	const segments = spread(sentences, seconds);

	if (inputs['diarize'] === true) {
		const speakers = Number(inputs['num_speakers'] ?? 2);
		const sequence = segments.map(({ start, end, text: transcription }, index) => ({
			speaker: `SPEAKER_0${index % speakers}`,
			start,
			end,
			transcription,
		}));
		return { text: { Sequence: sequence } };
	}
	switch (inputs['transcription_format']) {
		case 'srt':
			return {
				text: segments
					.map((part, index) => `${index + 1}\n${times(part)}\n${part.text}\n`)
					.join('\n'),
			};
		case 'word':
			return {
				data: spread(text.split(' '), seconds).map((part) => `${times(part)} :: ${part.text}`),
			};
		case 'verbose': {
			const language = inputs['language'] ?? 'en';
			const numbered = segments.map((part, id) => ({ id, ...part }));
			return { text, language, duration: seconds, segments: numbered };
		}
		default:
			return { text };
	}
}

interface Segment {
	/** Seconds from the start of the recording. */
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** Gives each text an equal share of the time. */
function spread(texts: readonly string[], seconds: number): readonly Segment[] {
	const at = (index: number) => Number(((seconds * index) / texts.length).toFixed(3));
	return texts.map((text, index) => ({ start: at(index), end: at(index + 1), text }));
}

const times = ({ start, end }: Segment) => `${clock(start)} --> ${clock(end)}`;

/** Seconds as the HH:MM:SS,mmm of subtitles. */
const clock = (seconds: number) =>
	new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23).replace('.', ',');
