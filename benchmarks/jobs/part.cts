import type { Outcome, Part } from '../part.cjs';
import { table, type Verdict } from '../table.cjs';
import type { CandidateName } from './candidate-process.cjs';
import { measure, measureLoading, type Load, type Measurement } from './measure.cjs';

const node: CandidateName = 'this node';
const limited: CandidateName = 'this node, 100 at a time';
const axios: CandidateName = 'axios, every second, 100 at a time';
const byHand: CandidateName = 'HTTP Request + Wait 1 s + If';
const everyone: readonly CandidateName[] = [
	node,
	'this node, second execution',
	limited,
	axios,
	byHand,
];
/** The claims compare these, in several rounds, since a machine's speed varies. */
const claimed: readonly CandidateName[] = [node, limited, axios, byHand];
const rounds = 3;

interface Case {
	readonly title: string;
	readonly load: Load;
	readonly candidates: readonly CandidateName[];
}

const load = (jobs: number, seconds: number, jitter = 0.15): Load => ({ jobs, seconds, jitter });

const cases: readonly Case[] = [
	{ title: '200 jobs of 2 s (±15 %)', load: load(200, 2), candidates: everyone },
	{ title: '1,000 jobs of 2 s (±15 %)', load: load(1_000, 2), candidates: everyone },
	{ title: '200 jobs of 10 s (±15 %)', load: load(200, 10), candidates: everyone },
];
const exact: Case = {
	title: '200 jobs of exactly 2 s',
	load: load(200, 2, 0),
	candidates: [node, limited, axios],
};
const growth: readonly Case[] = [1_000, 10_000].map((jobs) => ({
	title: `${jobs.toLocaleString('en')} jobs of 1 s (±15 %)`,
	load: load(jobs, 1),
	candidates: [node],
}));

async function run(one: Case, maxRounds = rounds): Promise<Measurement[]> {
	const { title, candidates } = one;
	const all: Measurement[] = [];
	for (let round = 0; round < maxRounds; round++) {
		for (const name of candidates.filter((each) => round === 0 || claimed.includes(each))) {
			const measurement = await measure(name, one.load);
			console.log(`${title}: ${name}: ${(measurement.wallMs / 1000).toFixed(1)} s`);
			all.push(measurement);
		}
	}
	return candidates.flatMap((name) => {
		const own = all.filter((each) => each.name === name);
		// The round that the rest of the machine disturbed least.
		const [best] = own.sort((left, right) => left.cpuMs - right.cpuMs);
		const wrong = own.reduce((sum, each) => sum + each.wrong, 0);
		return best === undefined ? [] : [{ ...best, wrong }];
	});
}

function find(results: readonly Measurement[], name: CandidateName): Measurement {
	const found = results.find((each) => each.name === name);
	if (found === undefined) throw new Error(`${name} was not measured`);
	return found;
}

/** Ratios to this node come first: above 1, this node is better. */
function section(title: string, results: readonly Measurement[]): string {
	const own = find(results, node);
	const ratio = (one: number, other: number) => `${(one / other).toFixed(2)} ×`;
	const rows = results.map((one) => [
		one.name,
		ratio(one.wallMs, own.wallMs),
		ratio(one.calls, own.calls),
		ratio(one.cpuMs, own.cpuMs),
		(one.wallMs / 1000).toFixed(1),
		(one.calls / one.jobs).toFixed(2),
		(one.cpuMs / one.jobs).toFixed(2),
		one.addedMb.toFixed(0),
	]);
	const head = ['', 'time', 'calls', 'CPU', 'time, s', 'calls a job', 'CPU a job, ms', 'added MB'];
	return `### ${title}\n\n${table(head, rows)}`;
}

function verdictsOf(results: ReadonlyMap<Case, readonly Measurement[]>): Verdict[] {
	const of = (one: Case, name = node) => find(results.get(one) ?? [], name);
	const { wallMs, jobs, seconds } = of(exact, limited);
	const ideal = wallMs / (Math.ceil(jobs / 100) * seconds * 1000);
	const perJob = (one: Case, field: 'cpuMs' | 'calls' | 'addedMb') =>
		Math.max(1, of(one)[field]) / of(one).jobs;
	return [
		[
			`${exact.title}, 100 at a time, take at most 1.15 × the ideal time (${ideal.toFixed(2)} ×)`,
			ideal <= 1.15,
		],
		...cases.map((one): Verdict => {
			const ratio = of(one).wallMs / of(one, byHand).wallMs;
			return [`${one.title}: no slower than “${byHand}” (${ratio.toFixed(2)} ×)`, ratio <= 1];
		}),
		...cases.map((one): Verdict => {
			const ratio = of(one, limited).cpuMs / of(one, axios).cpuMs;
			const claim = `${one.title}, 100 at a time: at most 1.5 × the CPU of “${axios}” (${ratio.toFixed(2)} ×)`;
			return [claim, ratio <= 1.5];
		}),
		...(['cpuMs', 'calls', 'addedMb'] as const).map((field): Verdict => {
			const [small, large] = growth as [Case, Case];
			const ratio = perJob(large, field) / perJob(small, field);
			const unit = { cpuMs: 'CPU', calls: 'calls', addedMb: 'memory' }[field];
			const claim = `10,000 jobs: at most 1.1 × the ${unit} a job of 1,000 (${ratio.toFixed(2)} ×)`;
			return [claim, ratio <= 1.1];
		}),
	];
}

async function compare(quick: boolean): Promise<Outcome> {
	const results = new Map<Case, Measurement[]>();
	if (quick) {
		const few: Case = { title: '3 jobs', load: load(3, 0.5), candidates: everyone };
		results.set(few, await run(few, 1));
	} else {
		for (const one of [...cases, exact]) results.set(one, await run(one));
		for (const one of growth) results.set(one, await run(one, 1));
	}
	const loadingMs = await measureLoading(quick ? 1 : 15);
	const wrong = [...results.values()].flat().filter((one) => one.wrong > 0);
	const names = wrong.map(({ name, jobs: count }) => `; ${name}, ${count} jobs`).join('');
	return {
		verdicts: [
			[`Every candidate returns every text${names}`, wrong.length === 0],
			[`The package loads in at most 30 ms (${loadingMs.toFixed(1)} ms)`, loadingMs <= 30],
			...(quick ? [] : verdictsOf(results)),
		],
		page: [...results].map(([{ title }, all]) => section(title, all)).join('\n\n'),
	};
}

export const jobs: Part = {
	title: 'Jobs: time, calls and CPU',
	intro:
		'Each candidate runs in its own process, the emulator in another. One job first, which does not count, initialises the process. “×” is relative to this node. The node and n8n’s own nodes run in n8n’s engine. The candidates of the claims run three times; the round with the least CPU counts. Loading: the median of 15 new processes of n8n’s Node.js 24 that have loaded n8n-workflow.',
	run: compare,
};
