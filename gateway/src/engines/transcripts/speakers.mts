import type { TranscriptSegment } from '../engine.mts';
import { arrayAt, numberAt, stringAt } from '../json.mts';

/** When a speaker talked, in seconds. */
export interface SpeakerTurn {
	readonly start: number;
	readonly end: number;
	readonly speaker: string;
}

/** Reads a diarization answer: `{segments: [{start, end, speaker}]}` of Speaches and LocalAI. */
export const parseTurns = (answer: unknown): SpeakerTurn[] =>
	arrayAt(answer, 'segments').flatMap((segment) => {
		const start = numberAt(segment, 'start');
		const end = numberAt(segment, 'end');
		const speaker = stringAt(segment, 'speaker');
		return start === undefined || end === undefined || speaker === undefined
			? []
			: [{ start, end, speaker }];
	});

/** Gives each segment the speaker who talks for most of it; a segment in which nobody does keeps none. */
export const assignSpeakers = (
	segments: readonly TranscriptSegment[],
	turns: readonly SpeakerTurn[],
): TranscriptSegment[] =>
	segments.map((segment) => {
		const seconds = new Map<string, number>();
		for (const { start, end, speaker } of turns) {
			const overlap = Math.min(end, segment.end) - Math.max(start, segment.start);
			if (overlap > 0) seconds.set(speaker, (seconds.get(speaker) ?? 0) + overlap);
		}
		const [longest] = [...seconds].sort(([, one], [, other]) => other - one);
		return longest === undefined ? segment : { ...segment, speaker: longest[0] };
	});
