/**
 * The package in a real n8n: the trigger with published workflows and in the editor's test listening, every operation
 * from saved workflow files, crashes, n8n with a queue, and the editor by mouse. `node --require tsx/cjs
 * test/e2e/main.cts`, with the names of groups or single sections behind it where not all are wanted. N8N_VERSIONS
 * names other versions of n8n, with commas between them; N8N_NODE=22 runs them on an older Node.js; E2E_LANES says how many
 * lanes run at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atExit, endWithNpm } from '../support/n8n/child-process.cjs';
import { ensureN8n, N8N_2 } from '../support/n8n/install.cjs';
import { packProject } from '../support/n8n/pack.cjs';
import { planLanes, runLanes } from './workers.cjs';
import { writeLedger } from './results.cjs';
import { stages } from './sections.cjs';
import { timetable } from './durations-table.cjs';

/** The tests wait more than they work: two cores serve three lanes well. */
const lanesAtOnce = 3;

async function main(): Promise<void> {
	endWithNpm();
	const before = Date.now();
	const versions = (process.env.N8N_VERSIONS ?? N8N_2).split(',').map((one) => one.trim());
	const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
	const lanes = planLanes(versions, wanted, stages);
	let node = '';
	for (const version of versions) {
		const { nodeVersion } = await ensureN8n(version, console.log);
		[node = ''] = nodeVersion.split('.');
	}

	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-package-'));
	atExit(() => rmSync(folder, { recursive: true, force: true }));
	const tarball = await packProject(folder);
	const results = await runLanes(lanes, Number(process.env.E2E_LANES ?? lanesAtOnce), {
		tarball,
		node,
	});
	writeLedger(results);

	console.log(`\n${timetable(results)}`);
	console.log(`Time in all: ${Math.round((Date.now() - before) / 1000)} s`);
	const count = (kind: 'passed' | 'failed') =>
		results.reduce((total, result) => total + result[kind], 0);
	console.log(`\n${count('passed')} passed, ${count('failed')} failed`);
	process.exitCode = count('failed') === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
