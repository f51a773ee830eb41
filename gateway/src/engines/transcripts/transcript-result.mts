import type { Transcript, TranscriptSegment, TranscriptWord } from '../engine.mts';
import type { JsonObject } from '../json.mts';
import { noEffect } from '../parameters.mts';
import { clock, formatSrt } from './subtitles.mts';

export interface ShapedTranscript {
	readonly result: JsonObject;
	readonly notes: readonly string[];
}

/**
 * A transcript in the shape that MonsterAPI gives to `transcription_format` and `diarize`: `{text}` for text and subtitles,
 * `{data}` for words, `{text: {Sequence}}` for speakers (whatever the format), Whisper's own fields for `verbose`.
 * What the engine did not say is estimated, and a note says so.
 */
export function shapeTranscript(
	inputs: Readonly<Record<string, unknown>>,
	transcript: Transcript,
): ShapedTranscript {
	if (inputs['diarize'] === true) return speakers(transcript);
	switch (inputs['transcription_format']) {
		case 'srt': {
			const { segments, notes } = segmentsOf(transcript);
			return { result: { text: formatSrt(segments) }, notes };
		}
		case 'word': {
			const { words, notes } = wordsOf(transcript);
			const line = ({ start, end, word }: TranscriptWord) =>
				`${clock(start)} --> ${clock(end)} :: ${word}`;
			return { result: { data: words.map(line) }, notes };
		}
		case 'verbose':
			return verbose(transcript);
		default:
			return { result: { text: transcript.text }, notes: [] };
	}
}

function speakers(transcript: Transcript): ShapedTranscript {
	const { segments, notes } = segmentsOf(transcript);
	const known = segments.some(({ speaker }) => speaker !== undefined);
	const sequence = segments.map(({ start, end, text, speaker }) => ({
		...(speaker === undefined ? {} : { speaker }),
		start,
		end,
		transcription: text,
	}));
	return {
		result: { text: { Sequence: sequence } },
		notes: known ? notes : [...notes, noEffect('diarize', 'the engine told no speakers apart')],
	};
}

function verbose(transcript: Transcript): ShapedTranscript {
	const { segments, notes } = segmentsOf(transcript);
	const { text, language, duration = segments.at(-1)?.end, words } = transcript;
	return {
		result: {
			text,
			...(language === undefined ? {} : { language }),
			...(duration === undefined ? {} : { duration }),
			segments: segments.map((segment, id) => ({ id, ...segment })),
			...(words === undefined ? {} : { words }),
		},
		notes,
	};
}

/** The longest a subtitle made from words is, and the pause that ends it. */
const maxCueSeconds = 5;
const pauseSeconds = 0.7;
/** Speaking rate for texts without any times. */
const charactersPerSecond = 15;

function segmentsOf({ text, segments, words, duration }: Transcript): {
	segments: readonly TranscriptSegment[];
	notes: readonly string[];
} {
	if (segments !== undefined && segments.length > 0) return { segments, notes: [] };
	if (words !== undefined && words.length > 0) return { segments: cuesOf(words), notes: [] };
	if (text === '') return { segments: [], notes: [] };
	const end = duration ?? text.length / charactersPerSecond;
	return {
		segments: [{ start: 0, end, text }],
		notes: ['The engine gave no times: the whole text is one segment.'],
	};
}

function cuesOf(words: readonly TranscriptWord[]): TranscriptSegment[] {
	const cues: TranscriptSegment[] = [];
	for (const { start, end, word } of words) {
		const last = cues.at(-1);
		if (last === undefined || start - last.end > pauseSeconds || end - last.start > maxCueSeconds) {
			cues.push({ start, end, text: word });
		} else {
			cues[cues.length - 1] = { start: last.start, end, text: `${last.text} ${word}` };
		}
	}
	return cues;
}

function wordsOf(transcript: Transcript): {
	words: readonly TranscriptWord[];
	notes: readonly string[];
} {
	const { words } = transcript;
	if (words !== undefined && words.length > 0) return { words, notes: [] };
	const { segments, notes } = segmentsOf(transcript);
	if (segments.length === 0) return { words: [], notes };
	return {
		words: segments.flatMap(spreadWords),
		notes: [...notes, 'The engine gave no word times: they are estimated from the segments.'],
	};
}

/** Gives each word the share of its segment that its length suggests. */
function spreadWords({ start, end, text }: TranscriptSegment): TranscriptWord[] {
	const words = text.split(/\s+/).filter((word) => word !== '');
	const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
	let before = 0;
	return words.map((word) => {
		const from = start + ((end - start) * before) / letters;
		before += word.length + 1;
		return { start: from, end: start + ((end - start) * before) / letters, word };
	});
}
