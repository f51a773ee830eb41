import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectFolder } from '../../test/support/n8n/cache-folder.cjs';
import { ensureNode } from '../../test/support/n8n/node.cjs';
import { packProject } from '../../test/support/n8n/pack.cjs';
import type { Outcome, Part } from '../part.cjs';
import { ensureRivals, peers } from '../comparison-packages.cjs';
import { table } from '../table.cjs';

interface Loaded {
	readonly name: string;
	/** Milliseconds in a fresh process that has loaded n8n-workflow before, as n8n has. */
	readonly ms: number;
	readonly packedBytes: number;
	readonly nodes: number;
}

const limitMs = 30;
const limitBytes = 150_000;

/** Runs by itself, without the compiler that the benchmarks run with. */
const stopwatch = `
	require('n8n-workflow');
	const startedAt = process.hrtime.bigint();
	for (const file of process.argv.slice(1)) require(file);
	console.log(Number(process.hrtime.bigint() - startedAt) / 1e6);
`;

/** What n8n loads of a package. */
function filesOf(folder: string): string[] {
	const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const { n8n } = manifest as { n8n: { nodes?: string[]; credentials?: string[] } };
	return [...(n8n.credentials ?? []), ...(n8n.nodes ?? [])].map((file) => join(folder, file));
}

function loadOnce(node: string, files: readonly string[]): number {
	const env = { ...process.env, NODE_PATH: join(projectFolder, 'node_modules') };
	return Number(execFileSync(node, ['-e', stopwatch, ...files], { env }));
}

const median = (all: readonly number[]): number =>
	[...all].sort((left, right) => left - right)[Math.floor(all.length / 2)] ?? Number.NaN;

async function packedBytes(): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-packed-'));
	try {
		return statSync(await packProject(folder)).size;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function load(quick: boolean): Promise<Outcome> {
	const rivals = await ensureRivals();
	const { binary } = await ensureNode(console.log);
	// Packing builds, so it comes first.
	const own = { name: 'this package', folder: projectFolder, packedBytes: await packedBytes() };
	const all = [
		own,
		...peers.map(({ name, version }) => ({
			name: `${name} ${version}`,
			folder: rivals.folderOf(name),
			packedBytes: rivals.packedBytes(name),
		})),
	];
	const times = new Map<string, number[]>(all.map(({ name }) => [name, []]));
	// In turns, so that whatever else the machine does strikes all of them.
	for (let turn = 0; turn < (quick ? 1 : 15); turn++) {
		for (const { name, folder } of all) times.get(name)?.push(loadOnce(binary, filesOf(folder)));
	}
	const results = all.map(
		({ name, folder, packedBytes: bytes }): Loaded => ({
			name,
			ms: median(times.get(name) ?? []),
			packedBytes: bytes,
			nodes: filesOf(folder).length,
		}),
	);
	const [{ ms, packedBytes: bytes }] = results as [Loaded];
	return {
		verdicts: [
			['Every package loads', results.every((one) => one.ms > 0)],
			[`The package is loaded in ${limitMs} ms (${ms.toFixed(1)} ms)`, ms <= limitMs],
			[`Packed it has at most 150 kB (${(bytes / 1000).toFixed(1)} kB)`, bytes <= limitBytes],
		],
		figures: results,
		page: table(
			[
				'package',
				'loading time / ours',
				'size / ours',
				'loading, ms',
				'packed, kB',
				'nodes and credentials',
			],
			results.map((one) => [
				one.name,
				`${(one.ms / ms).toFixed(2)} ×`,
				`${(one.packedBytes / bytes).toFixed(2)} ×`,
				one.ms.toFixed(1),
				(one.packedBytes / 1000).toFixed(1),
				String(one.nodes),
			]),
		),
	};
}

export const loading: Part = {
	title: 'Loading',
	intro:
		'The files that n8n requires of each package, in a fresh process of n8n’s Node.js 24 that has loaded n8n-workflow before; the median of 15 times, in turns.',
	run: load,
};
