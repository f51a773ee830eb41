/**
 * How much memory a large file costs n8n on its way through the node, in a real n8n against the
 * emulator. Linux only; needs disk space for four such files, and about ten minutes.
 *
 *     node --require tsx/cjs benchmarks/large-files.cts [--megabytes 600] [--repeat 3] [--only Upload]
 *
 * What is counted is the growth of n8n's main process: the highest resident size while the node
 * runs, less the size just before. Ends with code 1 when any run grows by more than the limit.
 *
 * n8n's start leaves some free memory in the process, which growth fills unseen. n8n's HTTP Request
 * node shows how much: it keeps an upload whole, so what it adds falls short of the file by as much.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { N8nApi } from '../test/support/n8n/api.cjs';
import { atExit, endWithNpm } from '../test/support/n8n/child-process.cjs';
import { ensureN8n, N8N_2, type N8nInstall } from '../test/support/n8n/install.cjs';
import { packProject } from '../test/support/n8n/pack.cjs';
import { startN8n } from '../test/support/n8n/server.cjs';
import { tally } from '../emulator/content.cjs';
import { startEmulator, type Emulator } from '../emulator/server.cjs';
import { cases, type Case, type Sample } from './large-files-cases.cjs';
import { nodeTimes, workflowOf } from './large-files-workflow.cjs';
import { MemoryWatch } from './process-memory.cjs';

const MB = 1024 * 1024;
const LIMIT_MB = 150;
/** Enough to be streamed in every case, too little to leave a mark on the process's size. */
const WARM_UP_MB = 16;
const SETTLE_MS = 3000;
const TIMEOUT_MS = 15 * 60_000;
const owner = {
	email: 'benchmark@example.com',
	password: 'Benchmark-1',
	firstName: 'Bench',
	lastName: 'Mark',
};

interface Run {
	what: string;
	run: string;
	seconds: number;
	before: number;
	/** MB above the size just before the node. */
	added: number;
	/** MB above the size before the whole execution, earlier nodes included. */
	aboveIdle: number;
	/** As `added`, of n8n with its task runners. */
	treeAdded: number;
	judged: boolean;
}

/** Random bytes, written out in full: neither a sparse file nor one that compresses. */
async function makeSample(path: string, megabytes: number): Promise<Sample> {
	mkdirSync(dirname(path), { recursive: true });
	function* content() {
		for (let left = megabytes; left > 0; left--) yield randomBytes(MB);
	}
	await pipeline(Readable.from(content()), createWriteStream(path));
	return { path, ...(await tally(createReadStream(path))) };
}

interface Bench {
	install: N8nInstall;
	tarball: string;
	folder: string;
	emulator: Emulator;
	small: Sample;
	large: Sample;
}

/** Executes one workflow and reads off what its measured node added. */
async function measure(
	api: N8nApi,
	watch: MemoryWatch,
	{ emulator }: Bench,
	test: Case,
	sample: Sample,
): Promise<Omit<Run, 'run'>> {
	emulator.state.reset();
	emulator.state.settings.resultBytes = sample.size;
	const link = await fetch(`${emulator.baseUrl}/upload?filename=sample.mp4`, {
		headers: { authorization: 'Bearer benchmark' },
	});
	const { upload_url: uploadUrl } = (await link.json()) as { upload_url: string };
	const stored = await api.createWorkflow(workflowOf(test, sample, uploadUrl));
	await delay(SETTLE_MS);
	const idle = watch.look();
	const execution = await api.runToEnd(stored, TIMEOUT_MS);
	if (execution.status !== 'success') {
		const { message, description } = execution.error ?? {};
		throw new Error(`${test.what}: ${execution.status}. ${message ?? ''} ${description ?? ''}`);
	}
	const { from, to } = await nodeTimes(api, execution.id, test.measured);
	await delay(200);
	const before = watch.at(from);
	const peak = watch.peak(from, to);
	await test.check({ execution, emulator, sample, api });
	return {
		what: test.what,
		seconds: (to - from) / 1000,
		before: before.resident,
		added: peak.main - before.resident,
		aboveIdle: peak.main - idle.resident,
		treeAdded: peak.tree - before.tree,
		judged: test.ours,
	};
}

/**
 * One run, in an n8n of its own: what a first large file leaves free in a process serves every later
 * one, so that a second run in the same process would add nothing even if it kept the file whole.
 */
async function runOnce(bench: Bench, test: Case, run: string): Promise<Run> {
	const { install, tarball, emulator, small, large } = bench;
	const userFolder = join(bench.folder, 'n8n');
	const env = { N8N_RESTRICT_FILE_ACCESS_TO: join(bench.folder, 'samples') };
	const n8n = await startN8n({ install, tarball, userFolder, env });
	const watch = new MemoryWatch(n8n.pid);
	if (!watch.exact) console.log('Only every 100 ms is seen here: figures are lower bounds.');
	try {
		const api = await N8nApi.setUp(n8n.baseUrl, owner);
		const data = { apiKey: 'benchmark', baseUrl: emulator.baseUrl };
		await api.createCredential({ name: 'MonsterAPI account', type: 'monsterApi', data });
		// Code that runs for the first time is compiled, which is no cost of the file.
		await measure(api, watch, bench, test, small);
		return { ...(await measure(api, watch, bench, test, large)), run };
	} finally {
		watch.close();
		await n8n.stop();
		rmSync(userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
}

const mb = (value: number) => value.toFixed(0).padStart(6);

function printRun({ what, run, seconds, before, added, aboveIdle, treeAdded }: Run, size: number) {
	const figures = [mb(before), mb(added), mb(aboveIdle), mb(treeAdded)].join('  ');
	const megabytes = mb(size / MB);
	console.log(
		`${what.padEnd(34)} ${run.padStart(7)} ${megabytes} ${seconds.toFixed(1).padStart(6)} ${figures}`,
	);
}

async function main(): Promise<void> {
	if (process.platform !== 'linux') throw new Error('This benchmark reads /proc: Linux only.');
	const { values } = parseArgs({
		options: {
			megabytes: { type: 'string', default: '600' },
			repeat: { type: 'string', default: '3' },
			only: { type: 'string', default: '' },
		},
	});
	endWithNpm();
	const install = await ensureN8n(N8N_2, console.log);
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-benchmark-'));
	atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
	process.env.TMPDIR = process.env.TEMP = folder;

	const samples = join(folder, 'samples');
	const small = await makeSample(join(samples, 'small.mp4'), WARM_UP_MB);
	const large = await makeSample(join(samples, 'large.mp4'), Number(values.megabytes));
	const tarball = await packProject(join(folder, 'package'));
	const emulator = await startEmulator({ settings: { queueMs: 0, workMs: 0 } });
	const bench = { install, tarball, folder, emulator, small, large };
	const repeat = Number(values.repeat);

	console.log(`n8n ${install.version}; memory of its main process in MB`);
	console.log(
		'added: above the size just before the node; > idle: above that before the execution;',
	);
	console.log('tree: as added, with all processes that n8n has started');
	console.log(`${'what'.padEnd(34)}     run     MB      s before   added  > idle    tree`);
	const all: Run[] = [];
	for (const test of cases.filter(({ what }) => what.includes(values.only))) {
		// n8n's own nodes stand beside for comparison: once is enough.
		for (let round = 1; round <= (test.ours ? repeat : 1); round++) {
			const run = await runOnce(bench, test, `${round}`);
			printRun(run, large.size);
			all.push(run);
		}
	}
	await emulator.close();
	if (all.length === 0) throw new Error(`No case is called "${values.only}".`);
	const worst = Math.max(0, ...all.filter(({ judged }) => judged).map(({ added }) => added));
	const passed = worst <= LIMIT_MB;
	console.log(
		`Worst of the node's runs: ${worst.toFixed(0)} MB added, limit ${LIMIT_MB} MB: ${passed ? 'passed' : 'FAILED'}.`,
	);
	process.exitCode = passed ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(
		`\nThe benchmark broke off: ${error instanceof Error ? error.message : String(error)}`,
	);
	process.exit(1);
});
