/**
 * The packed node in a real n8n: published triggers and the editor's test listening, every operation from saved
 * workflow files, crashes, queue mode, the editor by mouse, the examples; on the gateway what does not steer the emulator,
 * and real engines behind it.
 *
 *     npm run test:e2e                        everything, in the newest n8n 2.x
 *     npm run test:e2e -- crashes burst       some groups or sections
 *
 * N8N_VERSIONS is a comma-separated list of n8n versions; N8N_NODE=22 runs them on an older Node.js; E2E_WORKERS limits
 * how many workers run at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installGateway } from '../support/gateway/gateway.cjs';
import { atExit, endWithNpm } from '../support/n8n/child-process.cjs';
import { writeLastRun, type SectionResult } from '../support/n8n/e2e-results.cjs';
import { ensureN8n, N8N_2 } from '../support/n8n/install.cjs';
import { packProject } from '../support/n8n/pack.cjs';
import { suites } from './suites.cjs';
import { planWorkers, runWorkers } from './workers.cjs';

/** The tests mostly wait: two cores are enough for three workers. */
const defaultWorkers = 3;

/** Prints the duration of each section in seconds, by version of n8n. */
function printDurations(results: readonly SectionResult[]): void {
	const durations: Record<string, Record<string, number>> = {};
	for (const { section, n8n, seconds = 0 } of results) {
		for (const row of [section, 'total']) {
			const columns = (durations[row] ??= {});
			columns[n8n] = (columns[n8n] ?? 0) + seconds;
		}
	}
	const { total = {}, ...sections } = durations;
	console.table({ ...sections, total });
}

async function main(): Promise<void> {
	endWithNpm();
	const startedAt = Date.now();
	const versions = (process.env.N8N_VERSIONS ?? N8N_2).split(',').map((one) => one.trim());
	const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
	const plans = planWorkers(versions, wanted, suites);
	let node = '';
	let nodeBinary = '';
	for (const version of versions) {
		const install = await ensureN8n(version, console.log);
		[node = ''] = install.nodeVersion.split('.');
		({ nodeBinary } = install);
	}

	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-package-'));
	atExit(() => {
		rmSync(folder, { recursive: true, force: true });
	});
	const tarball = await packProject(folder);
	const onGateway = plans.some(({ sections }) =>
		sections.some(({ group }) => group.startsWith('gateway')),
	);
	// Once for all workers: two installations at the same time would remove each other's files.
	if (onGateway) await installGateway(nodeBinary, folder);
	const concurrency = Number(process.env.E2E_WORKERS ?? defaultWorkers);
	const failures: string[] = [];
	const results = await runWorkers(plans, concurrency, { tarball, node }, failures);
	writeLastRun(results);

	console.log('\nSeconds:');
	printDurations(results);
	console.log(`Elapsed: ${Math.round((Date.now() - startedAt) / 1000)} s`);
	if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}`);
	const count = (kind: 'passed' | 'failed') =>
		results.reduce((total, result) => total + result[kind], 0);
	console.log(`\n${count('passed')} passed, ${count('failed')} failed`);
	process.exitCode = count('failed') === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
