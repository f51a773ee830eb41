/**
 * Writes docs/compatibility.md from docs/compatibility.json, after taking the results of the last `npm run test:e2e`
 * into it: part of `npm run docs`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerFile, type SectionResult } from '../test/e2e/results.cjs';
import { projectFolder } from '../test/support/n8n/cache-folder.cjs';

const recordFile = join(projectFolder, 'docs', 'compatibility.json');
export const compatibilityDocument = join(projectFolder, 'docs', 'compatibility.md');

const read = (file: string): SectionResult[] => JSON.parse(readFileSync(file, 'utf8'));

/** What each section is about; one that is not here stands in the table by its name. */
const subjects: Readonly<Record<string, string>> = {
	publishing: 'trigger: publishing, under four kinds of probe',
	receiving: 'trigger: callbacks',
	refusals: 'trigger: forged and broken callbacks',
	listening: 'trigger: test listening in the editor',
	restart: 'trigger: restart of n8n',
	burst: 'trigger: a burst of callbacks with duplicates',
	workflows: 'every operation, files on disk (binaryMode separate)',
	combined: 'every operation, files inside the JSON (binaryMode combined)',
	memory: 'every operation, files in memory',
	database: 'every operation, files in the database',
	nightly: 'a deployment for one batch, ended whatever happens',
	submission: 'crash: killed while submitting',
	waiting: 'crash: killed while waiting, and retry',
	transfers: 'crash: killed while uploading or downloading',
	outage: 'the API away for a minute',
	triggers: 'crash: with published triggers',
	disk: 'a full disk',
	batches: 'queue mode: ten batches of a hundred at once',
	callbacks: 'queue mode: callbacks through a webhook processor',
	worker: 'queue mode: a worker killed',
	editor: 'the editor by mouse',
};

function cell(result: SectionResult | undefined): string {
	if (result === undefined) return 'not run';
	const { passed, failed, lacked, on } = result;
	if (lacked !== undefined) return `skipped: no ${lacked} (${on})`;
	if (passed + failed === 0) return `not for this version (${on})`;
	return `${failed === 0 ? '' : '**'}${passed} passed, ${failed} failed${failed === 0 ? '' : '**'} (${on})`;
}

const columnOf = ({ n8n, node }: SectionResult): string => `n8n ${n8n}, Node.js ${node}`;

/** The whole document as text. */
export function compatibilityMarkdown(results = read(recordFile)): string {
	const columns = [...new Set(results.map(columnOf))].sort().reverse();
	const sections = [...new Set(results.map(({ section }) => section))];
	const find = (column: string, name: string) =>
		results.find((result) => columnOf(result) === column && result.section === name);
	return [
		'# Compatibility',
		'',
		'What `npm run test:e2e` saw: the packed node in a real n8n. Made from the runs by `npm run docs`; each cell has the day of its run. n8n 2.39.10 itself accepts no Node.js before 24. The unit and engine tests run n8n’s own engine on the Node.js that runs `npm test`, 20.19 or newer.',
		'',
		`| | ${columns.join(' | ')} |`,
		`| --- |${' --- |'.repeat(columns.length)}`,
		...sections.map((name) =>
			[`| ${subjects[name] ?? name}`, ...columns.map((one) => cell(find(one, name)))]
				.join(' | ')
				.concat(' |'),
		),
		'',
	].join('\n');
}

/** The record with newer results in the place of older ones. */
function merged(older: readonly SectionResult[], newer: readonly SectionResult[]): SectionResult[] {
	const key = (result: SectionResult) => `${result.section}, ${columnOf(result)}`;
	const all = new Map([...older, ...newer].map((result) => [key(result), result]));
	return [...all.values()];
}

if (require.main === module) {
	const older = existsSync(recordFile) ? read(recordFile) : [];
	const results = merged(older, existsSync(ledgerFile) ? read(ledgerFile) : []);
	writeFileSync(recordFile, `${JSON.stringify(results, null, '\t')}\n`);
	writeFileSync(compatibilityDocument, compatibilityMarkdown(results));
}
