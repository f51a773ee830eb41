import type { Part, Outcome } from '../part.cjs';
import { table, type Verdict } from '../table.cjs';
import { contenders, type Name } from './candidates.cjs';
import { measure, type Load, type Measured } from './measure.cjs';

const names = Object.keys(contenders) as Name[];
const usual: Name = 'this node';
/** What one writes by hand. */
const byHand: Name = 'axios, each second, 100 at a time';
/** What n8n costs whatever one does. */
const bare: Name = 'a bare node, each second, 100 at a time';

const texts = (jobs: number, seconds: number, jitter = 0.15): Load => ({
	jobs,
	seconds,
	jitter,
	withFile: false,
});

/** One after the other, jobs of ten seconds take minutes and show nothing new. */
const together = names.filter((name) => !name.endsWith('one by one'));
const withFiles: readonly Name[] = [usual, byHand];

interface Race {
	readonly title: string;
	readonly results: readonly Measured[];
}

/** Claims are made about these: they take several turns, one after the other, since a machine is not always as quick. */
const claimed: readonly Name[] = [usual, byHand, bare];
const turns = 3;

async function race(
	title: string,
	load: Load,
	among: readonly Name[],
	{ most = turns, choose = leastWork } = {},
): Promise<Race> {
	const all: Measured[] = [];
	for (let turn = 0; turn < most; turn++) {
		for (const name of among.filter((one) => turn === 0 || claimed.includes(one))) {
			const one = await measure(name, load);
			console.log(`${title}: ${name}: ${(one.wallMs / 1000).toFixed(1)} s`);
			all.push(one);
		}
	}
	const results = among.map((name) => {
		const own = all.filter((one) => one.name === name);
		const chosen = of([choose(own)], name);
		return { ...chosen, wrong: own.reduce((sum, { wrong }) => sum + wrong, 0) };
	});
	return { title, results };
}

type Choice = (turns: readonly Measured[]) => Measured | undefined;

/** The turn that the rest of the machine disturbed least. */
const leastWork: Choice = (all) => all.toSorted((left, right) => left.cpuMs - right.cpuMs)[0];

const middleTime: Choice = (all) =>
	all.toSorted((left, right) => left.wallMs - right.wallMs)[all.length >> 1];

const of = (results: ReadonlyArray<Measured | undefined>, name: Name): Measured => {
	const found = results.find((one) => one?.name === name);
	if (found === undefined) throw new Error(`${name} took no part`);
	return found;
};

/** Ratios to this node come first: above 1, this node is better. */
function pageOf({ title, results }: Race): string {
	const own = of(results, usual);
	const ratio = (one: number, other: number) => `${(one / other).toFixed(2)} ×`;
	const rows = results.map((one) => [
		one.ran < one.jobs ? `${one.name} (from ${one.ran} jobs)` : one.name,
		ratio(one.wallMs, own.wallMs),
		ratio(one.calls, own.calls),
		ratio(one.cpuMs, own.cpuMs),
		(one.wallMs / 1000).toFixed(1),
		(one.calls / one.jobs).toFixed(2),
		(one.cpuMs / one.jobs).toFixed(2),
		one.ran < one.jobs ? '' : one.addedMb.toFixed(0),
	]);
	const head = ['', 'time', 'calls', 'CPU', 'time, s', 'calls a job', 'CPU a job, ms', 'added MB'];
	return `### ${title}\n\n${table(head, rows)}`;
}

/** Two waves of a hundred: nobody can be faster with a hundred jobs in flight. */
const idealMs = ({ jobs, seconds }: Load, atOnce = 100) =>
	Math.ceil(jobs / atOnce) * seconds * 1000;

async function compare(quick: boolean): Promise<Outcome> {
	if (quick) {
		const few = await race('3 jobs', texts(3, 0.5), names, { most: 1 });
		const files = await race('3 files', { ...texts(3, 0.5), withFile: true }, withFiles, {
			most: 1,
		});
		return outcomeOf([few, files], []);
	}
	const races = [
		await race('50 jobs of 2 s (±15 %)', texts(50, 2), names),
		await race('200 jobs of 2 s (±15 %)', texts(200, 2), names),
		await race('1,000 jobs of 2 s (±15 %)', texts(1_000, 2), names),
		await race('200 jobs of 10 s (±15 %)', texts(200, 10), together),
		await race(
			'200 recordings of 200 kB, jobs of 2 s (±15 %)',
			{ ...texts(200, 2), withFile: true },
			withFiles,
		),
	];
	const exact = texts(200, 2, 0);
	const middles = await race(
		'200 jobs of exactly 2 s, the turn with the middle time',
		exact,
		[usual, 'this node, second execution', byHand, bare],
		{ choose: middleTime },
	);
	const overhead = ({ title, results }: Race, other: Name): Verdict[] => {
		if (!results.some(({ name }) => name === other)) return [];
		const times = of(results, usual).cpuMs / of(results, other).cpuMs;
		const claim = `${title}: at most 1.5 × the CPU of “${other}” (${times.toFixed(2)} ×)`;
		return [[claim, times <= 1.5]];
	};
	const times = (name: Name) => of(middles.results, name).wallMs / idealMs(exact);
	const verdicts: Verdict[] = [
		[
			`200 jobs of exactly 2 s take at most 1.15 × the ideal time (${times(usual).toFixed(2)} ×; “${bare}” ${times(bare).toFixed(2)} ×)`,
			times(usual) <= 1.15,
		],
		...races.flatMap((one) => [...overhead(one, byHand), ...overhead(one, bare)]),
	];
	return outcomeOf([...races, middles], verdicts);
}

function outcomeOf(races: readonly Race[], verdicts: readonly Verdict[]): Outcome {
	const results = races.flatMap(({ results: all }) => all);
	const wrong = results
		.filter((one) => one.wrong > 0)
		.map(({ name, jobs }) => `${name}, ${jobs} jobs`);
	return {
		verdicts: [
			[
				`Every contender brings back every text${wrong.length > 0 ? ` (${wrong.join('; ')})` : ''}`,
				wrong.length === 0,
			],
			...verdicts,
		],
		figures: results,
		page: races.map(pageOf).join('\n\n'),
	};
}

export const jobs: Part = {
	title: 'Jobs: time, calls and CPU',
	intro:
		'Each contender in a process of its own, the emulator in another; each does one job first, which does not count: n8n’s process has run other executions before. Recordings are files on disk, one for each job. “×” is how many times what this node takes. The node and n8n’s own nodes run in n8n’s engine. This node and the two that claims compare it with take three turns; the one with the least CPU counts, or, for the claim about time, the one with the middle time.',
	run: compare,
};
