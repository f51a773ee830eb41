import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { SectionResult } from './results.cjs';
import type { Stage } from './suite.cjs';

/** Sections that go one after the other on one n8n, beside other lanes. */
export interface Lane {
	/** Of n8n. */
	readonly version: string;
	/** What stands before each line that it prints. */
	readonly label: string;
	readonly sections: ReadonlyArray<{ readonly group: string; readonly name: string }>;
}

/** Groups that share an n8n, those that take longest first; any other has one of its own. */
const shared = [['operations'], ['queue'], ['editor', 'trigger'], ['crashes']];

/**
 * The lanes for the sections that are named, themselves or by their group, and for all of them when nothing is. The
 * second version begins in the middle: the queues, which need the processor most, should not meet.
 * Throws when there is no section of such a name.
 */
export function planLanes(
	versions: readonly string[],
	wanted: readonly string[],
	stages: ReadonlyArray<Pick<Stage, 'groups'>>,
): Lane[] {
	const groups = stages.flatMap((stage) => stage.groups);
	const known = groups.flatMap(({ group, names }) => [group, ...names]);
	const unknown = wanted.filter((name) => !known.includes(name));
	if (unknown.length > 0) {
		throw new Error(`No ${unknown.join(', ')}: there are ${known.join(', ')}`);
	}
	const isWanted = (name: string, group: string) =>
		wanted.length === 0 || wanted.includes(group) || wanted.includes(name);
	const sectionsOf = (track: readonly string[]) =>
		groups
			.filter(({ group }) => track.includes(group))
			.flatMap(({ group, names }) => names.map((name) => ({ group, name })))
			.filter(({ group, name }) => isWanted(name, group));
	const alone = groups.filter(({ group }) => !shared.flat().includes(group));
	const tracks = [...shared, ...alone.map(({ group }) => [group])];
	const middle = Math.floor(tracks.length / 2);
	return tracks
		.flatMap((_unused, first) =>
			versions.map((version, index) => {
				const track = tracks[(first + index * middle) % tracks.length] ?? [];
				return { version, label: `${version} ${track.join('+')}`, sections: sectionsOf(track) };
			}),
		)
		.filter(({ sections }) => sections.length > 0);
}

/** What all lanes have in common. */
interface Common {
	/** The packed node. */
	readonly tarball: string;
	/** The major version of Node.js that runs n8n. */
	readonly node: string;
}

/**
 * Runs lanes, so many at once, each in a process of its own.
 * @returns one result for each section; one that a lane did not come to has failed
 */
export async function runLanes(
	lanes: readonly Lane[],
	atOnce: number,
	common: Common,
): Promise<SectionResult[]> {
	const results: SectionResult[] = [];
	// One iterator for all: each takes what is next.
	const left = lanes.values();
	const work = async () => {
		for (const lane of left) results.push(...(await runLane(lane, common)));
	};
	await Promise.all(Array.from({ length: atOnce }, work));
	return results;
}

async function runLane(lane: Lane, { tarball, node }: Common): Promise<SectionResult[]> {
	const { version, label, sections } = lane;
	const flags = process.argv.filter((argument) => argument.startsWith('--'));
	const names = sections.map(({ name }) => name);
	const print = (line: string) => console.log(line === '' ? '' : `${label} | ${line}`);
	print(`begins: ${names.join(', ')}`);
	const before = Date.now();
	const child = fork(join(__dirname, 'worker.cts'), [version, tarball, ...names, ...flags], {
		execArgv: ['--require', 'tsx/cjs'],
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	for (const stream of [child.stdout, child.stderr]) {
		if (stream !== null) createInterface({ input: stream }).on('line', print);
	}
	const results: SectionResult[] = [];
	child.on('message', (result: SectionResult) => void results.push(result));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	const on = new Date().toISOString().slice(0, 10);
	const missing = sections.filter(({ name }) => !results.some(({ section }) => section === name));
	for (const { group, name } of missing) {
		print(`FAILED ${name}: it was not run to its end (the process ended with ${code})`);
		results.push({ n8n: version, node, group, section: name, passed: 0, failed: 1, on });
	}
	print(`ended after ${Math.round((Date.now() - before) / 1000)} s`);
	return results;
}
