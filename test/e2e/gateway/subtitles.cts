import assert from 'node:assert/strict';

export interface Cue {
	readonly text: string;
	/** Seconds. */
	readonly start: number;
	/** Seconds. */
	readonly end: number;
}

const cue = /^\d+\n(\d{2}):(\d{2}):(\d{2}),(\d{3}) --> (\d{2}):(\d{2}):(\d{2}),(\d{3})\n([^]+)$/;

/** The cues of SubRip subtitles. Throws when a part has another form. */
export function parseSubtitles(srt: string): Cue[] {
	return srt
		.trim()
		.split('\n\n')
		.map((part) => {
			const match = cue.exec(part);
			assert(match !== null, `not a subtitle: ${part}`);
			const secondsAt = (first: number): number => {
				const [hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match
					.slice(first, first + 4)
					.map(Number);
				return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000;
			};
			return { start: secondsAt(1), end: secondsAt(5), text: match[9] ?? '' };
		});
}
