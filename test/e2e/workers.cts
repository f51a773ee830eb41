import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { SectionResult } from '../support/n8n/e2e-results.cjs';
import type { Suite } from './suite.cjs';

/** What one worker runs: sections that share an n8n, one after the other. */
export interface WorkerPlan {
	/** Of n8n. */
	readonly version: string;
	/** Prefix of every line that the worker prints. */
	readonly label: string;
	readonly sections: ReadonlyArray<{ readonly group: string; readonly name: string }>;
}

/** Groups that share an n8n, the longest first; any other group has an n8n of its own. */
const combined = [['operations'], ['queue'], ['editor', 'trigger', 'examples'], ['crashes']];

/**
 * Plans the workers for the wanted sections, named by themselves or by their group; without any, for all of them. The
 * second version starts in the middle of the list, so that the queue groups, which need the most CPU, do not overlap.
 * Throws when a name is unknown.
 */
export function planWorkers(
	versions: readonly string[],
	wanted: readonly string[],
	suites: ReadonlyArray<Pick<Suite, 'groups'>>,
): WorkerPlan[] {
	const groups = suites.flatMap((suite) => suite.groups);
	const known = groups.flatMap(({ group, names }) => [group, ...names]);
	const unknown = wanted.filter((name) => !known.includes(name));
	if (unknown.length > 0) {
		throw new Error(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}`);
	}
	const isWanted = (name: string, group: string) =>
		wanted.length === 0 || wanted.includes(group) || wanted.includes(name);
	const sectionsOf = (combination: readonly string[]) =>
		groups
			.filter(({ group }) => combination.includes(group))
			.flatMap(({ group, names }) => names.map((name) => ({ group, name })))
			.filter(({ group, name }) => isWanted(name, group));
	const others = groups.filter(({ group }) => !combined.flat().includes(group));
	const combinations = [...combined, ...others.map(({ group }) => [group])];
	const middle = Math.floor(combinations.length / 2);
	return combinations
		.flatMap((_unused, first) =>
			versions.map((version, index) => {
				const groupNames = combinations[(first + index * middle) % combinations.length] ?? [];
				const label = `${version} ${groupNames.join('+')}`;
				return { version, label, sections: sectionsOf(groupNames) };
			}),
		)
		.filter(({ sections }) => sections.length > 0);
}

/** What all workers have in common. */
interface Common {
	/** The packed node. */
	readonly tarball: string;
	/** The major version of Node.js that runs n8n. */
	readonly node: string;
}

/**
 * Runs workers, each in a process of its own.
 * @param concurrency how many run at the same time
 * @param failures receives every line about something that failed
 * @returns one result for each section; a section that its worker did not finish has failed
 */
export async function runWorkers(
	plans: readonly WorkerPlan[],
	concurrency: number,
	common: Common,
	failures: string[],
): Promise<SectionResult[]> {
	const results: SectionResult[] = [];
	// All runners share one iterator: each takes the next plan.
	const queue = plans.values();
	const runner = async () => {
		for (const plan of queue) results.push(...(await runWorker(plan, common, failures)));
	};
	await Promise.all(Array.from({ length: concurrency }, runner));
	return results;
}

async function runWorker(
	plan: WorkerPlan,
	{ tarball, node }: Common,
	failures: string[],
): Promise<SectionResult[]> {
	const { version, label, sections } = plan;
	const flags = process.argv.filter((argument) => argument.startsWith('--'));
	const names = sections.map(({ name }) => name);
	const print = (line: string) => {
		console.log(line === '' ? '' : `${label} | ${line}`);
		if (line.startsWith('FAILED')) failures.push(`${label} | ${line}`);
	};
	print(`started: ${names.join(', ')}`);
	const startedAt = Date.now();
	const child = fork(join(__dirname, 'worker.cts'), [version, tarball, ...names, ...flags], {
		execArgv: ['--require', 'tsx/cjs'],
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	for (const stream of [child.stdout, child.stderr]) {
		if (stream !== null) createInterface({ input: stream }).on('line', print);
	}
	const results: SectionResult[] = [];
	child.on('message', (message) => results.push(message as SectionResult));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	const on = new Date().toISOString().slice(0, 10);
	const missing = sections.filter(({ name }) => !results.some(({ section }) => section === name));
	for (const { group, name } of missing) {
		print(`FAILED ${name}: not finished, the worker exited with code ${String(code)}`);
		results.push({ n8n: version, node, group, section: name, passed: 0, failed: 1, on });
	}
	print(`finished after ${Math.round((Date.now() - startedAt) / 1000)} s`);
	return results;
}
