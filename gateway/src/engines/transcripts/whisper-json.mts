import type { Transcript, TranscriptSegment, TranscriptWord } from '../engine.mts';
import { arrayAt, isObject, numberAt, objectAt, stringAt } from '../json.mts';

/**
 * Reads OpenAI's `json`, `verbose_json` and `diarized_json` in the variants of all known servers: `duration` as a string and
 * null for `words` (vLLM), words within the segments (whisper.cpp), times in nanoseconds (older LocalAI).
 */
export function parseVerboseJson(answer: unknown): Transcript | undefined {
	const text = stringAt(answer, 'text');
	const segments = arrayAt(answer, 'segments').flatMap(readSegment);
	const nested = arrayAt(answer, 'segments').flatMap((segment) => arrayAt(segment, 'words'));
	const listed = arrayAt(answer, 'words');
	const words = (listed.length > 0 ? listed : nested).flatMap(readWord);
	if (text === undefined && segments.length === 0) return undefined;
	const language = stringAt(answer, 'language');
	const duration = numberAt(answer, 'duration');
	return {
		text: (text ?? segments.map((segment) => segment.text.trim()).join(' ')).trim(),
		...(segments.length > 0 ? { segments } : {}),
		...(words.length > 0 ? { words } : {}),
		...(language === undefined ? {} : { language }),
		...(duration === undefined ? {} : { duration: inSeconds(duration) }),
	};
}

function readSegment(value: unknown): TranscriptSegment[] {
	const times = readTimes(value);
	const text = stringAt(value, 'text');
	if (times === undefined || text === undefined) return [];
	const speaker = stringAt(value, 'speaker');
	return [{ ...times, text: text.trim(), ...(speaker === undefined ? {} : { speaker }) }];
}

function readWord(value: unknown): TranscriptWord[] {
	const times = readTimes(value);
	const word = stringAt(value, 'word') ?? stringAt(value, 'text');
	return times === undefined || word === undefined || word.trim() === ''
		? []
		: [{ ...times, word: word.trim() }];
}

function readTimes(value: unknown): { start: number; end: number } | undefined {
	const start = numberAt(value, 'start');
	const end = numberAt(value, 'end');
	if (start === undefined || end === undefined) return undefined;
	return { start: inSeconds(start), end: inSeconds(end) };
}

/** No recording lasts a million seconds, but a millisecond has a million nanoseconds. */
const inSeconds = (time: number): number => (time >= 1e6 ? time / 1e9 : time);

/** Reads the file that whisper.cpp's `whisper-cli -oj` or `-ojf` writes. */
export function parseWhisperCliJson(answer: unknown): Transcript | undefined {
	if (!isObject(answer) || !Array.isArray(answer['transcription'])) return undefined;
	const pieces = arrayAt(answer, 'transcription');
	const segments = pieces.flatMap((piece) => {
		const times = readOffsets(piece);
		const text = stringAt(piece, 'text')?.trim();
		if (times === undefined || text === undefined) return [];
		const speaker = stringAt(piece, 'speaker');
		return [{ ...times, text, ...(speaker === undefined ? {} : { speaker }) }];
	});
	const words = pieces.flatMap((piece) => joinTokens(arrayAt(piece, 'tokens')));
	const language = stringAt(objectAt(answer, 'result'), 'language');
	return {
		text: segments.map(({ text }) => text).join(' '),
		segments,
		...(words.length > 0 ? { words } : {}),
		...(language === undefined ? {} : { language }),
	};
}

function readOffsets(value: unknown): { start: number; end: number } | undefined {
	const offsets = objectAt(value, 'offsets');
	const from = numberAt(offsets, 'from');
	const to = numberAt(offsets, 'to');
	return from === undefined || to === undefined
		? undefined
		: { start: from / 1000, end: to / 1000 };
}

/** A token that begins with a blank begins a word; those in brackets, such as [_BEG_], are not spoken. */
function joinTokens(tokens: readonly unknown[]): TranscriptWord[] {
	const words: TranscriptWord[] = [];
	for (const token of tokens) {
		const text = stringAt(token, 'text') ?? '';
		const times = readOffsets(token);
		if (times === undefined || text.trim() === '' || /^\s*\[_.*\]$/.test(text)) continue;
		const last = words.at(-1);
		if (last === undefined || text.startsWith(' ')) words.push({ ...times, word: text.trim() });
		else words[words.length - 1] = { start: last.start, end: times.end, word: last.word + text };
	}
	return words;
}
