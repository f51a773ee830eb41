import type { TranscriptSegment } from '../engine.mts';

/** Seconds as the HH:MM:SS,mmm of subtitles. */
export function clock(seconds: number): string {
	const total = Math.max(0, Math.round(seconds * 1000));
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
	const milliseconds = String(total % 1000).padStart(3, '0');
	return `${two(total / 3_600_000)}:${two((total / 60_000) % 60)}:${two((total / 1000) % 60)},${milliseconds}`;
}

export const formatSrt = (segments: readonly TranscriptSegment[]): string =>
	segments
		.map(({ start, end, text }, index) => {
			// An empty line would end the subtitle.
			const lines = text.trim().replace(/\n(?:[^\S\n]*\n)+/g, '\n');
			return `${index + 1}\n${clock(start)} --> ${clock(end)}\n${lines}\n`;
		})
		.join('\n');

const time = String.raw`(\d+):(\d{2}):(\d{2})[,.](\d{1,3})`;
const cueTimes = new RegExp(`^\\s*${time}\\s*-->\\s*${time}`);

/** Reads SubRip subtitles; what is no subtitle is skipped. */
export function parseSrt(srt: string): TranscriptSegment[] {
	return srt
		.replaceAll('\r\n', '\n')
		.split(/\n[ \t]*\n/)
		.flatMap((block) => {
			const lines = block.split('\n');
			const at = lines.findIndex((line) => cueTimes.test(line));
			const match = cueTimes.exec(lines[at] ?? '');
			if (match === null) return [];
			const text = lines
				.slice(at + 1)
				.join('\n')
				.trim();
			return [{ start: secondsOf(match.slice(1, 5)), end: secondsOf(match.slice(5, 9)), text }];
		});
}

function secondsOf([hours = '', minutes = '', seconds = '', fraction = '']: string[]): number {
	const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
	return whole + Number(fraction.padEnd(3, '0')) / 1000;
}
