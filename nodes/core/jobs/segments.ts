import { isRecord, textOf, type JsonRecord } from '../json';

/** A segment of a transcript: a word, or what one speaker says. */
export interface Segment {
	readonly text: string;
	/** Seconds from the start of the recording. */
	readonly start?: number;
	/** Seconds from the start of the recording. */
	readonly end?: number;
	readonly speaker?: string;
}

/**
 * Parses the transcript formats that clients of the API have seen: timed words (a list of
 * `HH:MM:SS,mmm --> HH:MM:SS,mmm :: word`), speakers (`{ Sequence: [{ transcription, … }] }`) and Whisper's own (a list of
 * `{ text, start, end }`).
 * @returns undefined for any other shape, so that it can be passed on whole
 */
export function readSegments(value: unknown): Segment[] | undefined {
	const list = isRecord(value) ? (value['Sequence'] ?? value['sequence']) : value;
	if (!Array.isArray(list) || list.length === 0) return undefined;
	const segments = list.map((entry: unknown) =>
		typeof entry === 'string'
			? parseTimedText(entry)
			: isRecord(entry)
				? parseSegment(entry)
				: undefined,
	);
	return segments.every((segment) => segment !== undefined) ? segments : undefined;
}

const timedText =
	/^\s*(\d+):(\d{2}):(\d{2})[,.](\d{1,3})\s*-->\s*(\d+):(\d{2}):(\d{2})[,.](\d{1,3})\s*::([^]*)$/;

function parseTimedText(line: string): Segment | undefined {
	const match = timedText.exec(line);
	if (match === null) return undefined;
	const secondsAt = (first: number): number => {
		const [hours, minutes, seconds] = [0, 1, 2].map((offset) => Number(match[first + offset]));
		const milliseconds = Number((match[first + 3] ?? '').padEnd(3, '0'));
		return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0) + milliseconds / 1000;
	};
	return { start: secondsAt(1), end: secondsAt(5), text: (match[9] ?? '').trim() };
}

const startNames = ['start', 'start_time', 'from'] as const;
const endNames = ['end', 'end_time', 'to'] as const;

function parseSegment(entry: JsonRecord): Segment | undefined {
	const text = textOf(entry, 'transcription') ?? textOf(entry, 'text');
	if (text === undefined) return undefined;
	const speaker = entry['speaker'];
	const start = firstNumber(entry, startNames);
	const end = firstNumber(entry, endNames);
	return {
		text,
		...(start === undefined ? {} : { start }),
		...(end === undefined ? {} : { end }),
		...(typeof speaker === 'string' || typeof speaker === 'number'
			? { speaker: String(speaker) }
			: {}),
	};
}

const firstNumber = (entry: JsonRecord, names: readonly string[]): number | undefined =>
	names.map((name) => entry[name]).find((value): value is number => typeof value === 'number');
