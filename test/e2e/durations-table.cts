import type { SectionResult } from './results.cjs';

/** How long each section took on each version of n8n, as lines of text. */
export function timetable(results: readonly SectionResult[]): string {
	const versions = [...new Set(results.map(({ n8n }) => n8n))];
	const sections = [...new Set(results.map(({ section }) => section))];
	const line = (name: string, cells: readonly string[]) =>
		[name.padEnd(12), ...cells.map((cell) => cell.padStart(10))].join(' ');
	const of = (version: string) => results.filter(({ n8n }) => n8n === version);
	const shown = (seconds: number | undefined) => (seconds === undefined ? '–' : `${seconds} s`);
	const secondsOf = (version: string, name: string) =>
		of(version).find(({ section }) => section === name)?.seconds;
	const sum = (version: string) =>
		of(version).reduce((total, { seconds = 0 }) => total + seconds, 0);
	return [
		line('section', versions),
		...sections.map((name) =>
			line(
				name,
				versions.map((version) => shown(secondsOf(version, name))),
			),
		),
		line(
			'all of them',
			versions.map((version) => shown(sum(version))),
		),
	].join('\n');
}
