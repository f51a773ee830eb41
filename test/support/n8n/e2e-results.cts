import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { projectFolder } from './cache-folder.cjs';

/** The result of one section on one version of n8n. */
export interface SectionResult {
	readonly n8n: string;
	/** The major version of Node.js that ran n8n. */
	readonly node: string;
	readonly group: string;
	readonly section: string;
	readonly passed: number;
	readonly failed: number;
	/** How long it took, without the start of n8n before it. */
	readonly seconds?: number;
	/** What this machine lacks, where the section was skipped. */
	readonly lacked?: string;
	/** The day, as YYYY-MM-DD. */
	readonly on: string;
}

/** The results of the last `npm run test:e2e`. */
const lastRunFile = join(projectFolder, 'test-results', 'e2e.json');
/** The newest result of every section; docs/compatibility.md is made from it. */
const recordFile = join(projectFolder, 'docs', 'compatibility.json');

const read = (file: string): SectionResult[] =>
	existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SectionResult[]) : [];

function write(file: string, results: readonly SectionResult[]): void {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${JSON.stringify(results, null, '\t')}\n`);
}

export function writeLastRun(results: readonly SectionResult[]): void {
	write(lastRunFile, results);
}

export const readRecord = (): SectionResult[] => read(recordFile);

/** Updates the record with the results of the last run, and returns it. */
export function updateRecord(): SectionResult[] {
	const key = ({ section, n8n, node }: SectionResult) => `${section} ${n8n} ${node}`;
	const newest = new Map(
		[...readRecord(), ...read(lastRunFile)].map((result) => [key(result), result]),
	);
	const results = [...newest.values()];
	write(recordFile, results);
	return results;
}
