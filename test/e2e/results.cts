import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { projectFolder } from '../support/n8n/cache-folder.cjs';

/** What came of one section on one version of n8n. */
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
	/** What the machine had not, where the section was skipped. */
	readonly lacked?: string;
	/** The day, as YYYY-MM-DD. */
	readonly on: string;
}

/** Where the last run left its results; `npm run docs` takes them into docs/compatibility.md. */
export const ledgerFile = join(projectFolder, 'test-results', 'e2e.json');

export function writeLedger(results: readonly SectionResult[]): void {
	mkdirSync(dirname(ledgerFile), { recursive: true });
	writeFileSync(ledgerFile, `${JSON.stringify(results, null, '\t')}\n`);
}
