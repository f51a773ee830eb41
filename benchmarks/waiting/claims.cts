import { cell, type Verdict } from '../table.cjs';
import { randomFrom } from '../../emulator/random.cjs';
import { fewestCalls, type Range } from './bound.cjs';
import { peers } from './peers.cjs';
import {
	around,
	bands,
	modelsIn,
	runConcurrently,
	runFixed,
	runInTurn,
	summarise,
	type Band,
	type Model,
	type Summary,
	type Wait,
} from '../../test/support/fakes/polling-simulation.cjs';

/** How many times as long pauses are as at Balanced; 0.18 is Eager, 5.7 is Frugal. */
export const settings = [0.03, 0.08, 0.18, 0.42, 1, 2.4, 5.7, 13, 32] as const;
const balanced = settings.indexOf(1);
const warmUp = 48;

/** All that was measured, by band. */
export interface Results {
	readonly warm15: ReadonlyArray<readonly Summary[]>;
	readonly peers15: ReadonlyArray<readonly Summary[]>;
	readonly peers40: ReadonlyArray<readonly Summary[]>;
	/** At Balanced, by situation. */
	readonly situations: ReadonlyMap<string, readonly Summary[]>;
	/** The fewest calls for the lateness of Balanced at ±15 %, and with those before the range that insure it. */
	readonly bound: readonly number[];
	readonly insuredBound: readonly number[];
	/** The same for 0.5 s at 20–60 s. */
	readonly fewestAt20: number;
	/** How far beyond its promise the worst job was, in seconds, or in calls. */
	readonly beyondCold: number;
	readonly beyondThrice: number;
	readonly beyondColdCalls: number;
}

const warmModels = (band: Band, factor: (random: () => number, job: number) => number): Model[] =>
	modelsIn(band, 40, warmUp + 50, factor);
const changing = (by: number) => (band: Band) =>
	runInTurn(warmModels(band, (random, job) => (job < warmUp ? 1 : by) * around(0.15)(random)));
const coldModels = (band: Band): Model[] => modelsIn(band, 2_000, 1, () => 1);
const logNormal = (random: () => number): number =>
	Math.exp(0.3 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
const hundreds = (share: number) => (band: Band) =>
	modelsIn(band, 20, 200, around(share)).map((model) => runConcurrently(model, 100));
const fixed = (band: Band, share: number): Summary[] =>
	peers.map(({ schedule, immediate }) =>
		summarise(runFixed(warmModels(band, around(share)), schedule, immediate), warmUp),
	);

export function measure(): Results {
	const warm = (factor: (random: () => number) => number) =>
		bands.map((band) => summarise(runInTurn(warmModels(band, factor)), warmUp));
	const cold = bands.map((band) => runInTurn(coldModels(band)));
	const [slower, faster] = [bands.map(changing(2)), bands.map(changing(0.5))];
	const [first15, first40] = [bands.map(hundreds(0.15)), bands.map(hundreds(0.4))];
	const afterChange = (runs: readonly Wait[][][]) =>
		runs.map((waits) => summarise(waits, warmUp, warmUp + 10));
	const warm15 = bands.map((band) =>
		settings.map((factor) => summarise(runInTurn(warmModels(band, around(0.15)), factor), warmUp)),
	);
	const lateness = warm15.map((summaries) => 1_000 * cell(summaries, balanced).late);
	return {
		warm15,
		peers15: bands.map((band) => fixed(band, 0.15)),
		peers40: bands.map((band) => fixed(band, 0.4)),
		situations: new Map([
			['known kind, ±15 %', warm15.map((summaries) => cell(summaries, balanced))],
			['known kind, ±40 %', warm(around(0.4))],
			['known kind, log-normal, σ 0.3', warm(logNormal)],
			['unknown kind', cold.map((waits) => summarise(waits))],
			['ten jobs after it became twice as slow', afterChange(slower)],
			['ten jobs after it became twice as fast', afterChange(faster)],
			['unknown kind, ±15 %, first 100 at once', first15.map((one) => summarise(one, 0, 100))],
			['unknown kind, ±15 %, next 100', first15.map((one) => summarise(one, 100))],
			['unknown kind, ±40 %, first 100 at once', first40.map((one) => summarise(one, 0, 100))],
			['unknown kind, ±40 %, next 100', first40.map((one) => summarise(one, 100))],
		]),
		bound: bands.map((band, index) => fewestCalls(rangesIn(band), cell(lateness, index))),
		insuredBound: bands.map((band, index) => insuredBound(band, cell(lateness, index))),
		fewestAt20: insuredBound([20, 60], 500),
		beyondCold: greatest(cold.flat(2), ({ lateMs, durationMs }) => lateMs - durationMs / 10),
		beyondThrice: greatest(
			[...faster.flat(2), ...wrongHistories()],
			({ lateMs, durationMs }) => lateMs - 2 * durationMs,
		),
		beyondColdCalls: tenfold(),
	};
}

const greatest = (waits: readonly Wait[], of: (wait: Wait) => number): number =>
	waits.reduce((most, wait) => Math.max(most, of(wait)), -Infinity) / 1_000;

/** The true ranges of models within 15 % of their usual time. */
const rangesIn = ([from, to]: Band): Range[] =>
	Array.from({ length: 200 }, (_none, index) => {
		const usualMs = 1_000 * (from + ((to - from) * (index + 0.5)) / 200);
		return { fromMs: 0.85 * usualMs, toMs: 1.15 * usualMs };
	});

/** The fewest calls for a lateness, when the range is known and nonetheless not relied on. */
function insuredBound(band: Band, lateMs: number): number {
	const ranges = rangesIn(band);
	const insuring = ranges.reduce((sum, range) => sum + insuringPolls(range), 0);
	return fewestCalls(ranges, lateMs) + insuring / ranges.length;
}

/** How many polls at least find any job that ends before the range at three times its own time plus 3 s. */
function insuringPolls({ fromMs }: Range): number {
	let polls = 0;
	for (let age = 3_000; age < fromMs; age = 3 * age + 3_000) polls += 1;
	return polls;
}

/** One job of each duration after histories that have nothing to do with it. */
function wrongHistories(): Wait[] {
	const random = randomFrom('wrong histories');
	return Array.from({ length: 2_000 }, (_none, index) => {
		const usualMs = 10 ** (2 + 5.9 * random());
		const spread = index % 2 === 0 ? 1.1 : 1_000;
		const pairs = Array.from({ length: 24 }, () => {
			const lastRunningMs = usualMs * spread ** (random() - 0.5);
			return [lastRunningMs, lastRunningMs * (1 + random())];
		});
		const durationsMs = [10 ** (2 + 4 * random())];
		return runInTurn([{ name: 'm', durationsMs }], 1, { m: pairs }).flat();
	}).flat();
}

/** The most calls beyond those of a job of unknown kind, for jobs that take ten times as long as usual. */
function tenfold(): number {
	const differences = bands.flatMap((band) =>
		modelsIn(band, 40, warmUp + 1, (random, job) => (job < warmUp ? around(0.15)(random) : 10)).map(
			(model) => {
				const last = cell(runInTurn([model]).flat(), warmUp);
				const alone = { ...model, durationsMs: model.durationsMs.slice(warmUp) };
				return last.calls - summarise(runInTurn([alone])).calls;
			},
		),
	);
	return Math.max(...differences);
}

/** Both earlier and cheaper. */
export const beats = (one: Summary, other: Summary): boolean =>
	one.late < other.late && one.calls < other.calls;

const figures = ({ late, calls }: Summary): string =>
	`${late.toFixed(2)} s, ${calls.toFixed(1)} calls`;

export function claims(results: Results): Verdict[] {
	const { warm15, peers15, peers40 } = results;
	const at = (situation: string, band: number): Summary =>
		cell(results.situations.get(situation) ?? [], band);
	const within = (
		name: string,
		[situation, band]: readonly [string, number],
		[late, calls]: readonly [number, number],
	): Verdict => {
		const found = at(situation, band);
		const holds = found.late <= late && found.calls <= calls;
		return [`${name}: ${late} s late with ${calls} calls (${figures(found)})`, holds];
	};
	const isBeaten = (situation: string, others: ReadonlyArray<readonly Summary[]>): boolean =>
		others.some((list, band) => list.some((peer) => beats(peer, at(situation, band))));
	const coldCalls = [3, 12, 25, 54, 166];
	return [
		[
			'±15 %, from 5 s: for every peer and band some setting is both earlier and cheaper',
			peers15.every(
				(list, band) =>
					band === 0 || list.every((peer) => cell(warm15, band).some((ours) => beats(ours, peer))),
			),
		],
		[
			'±15 %: no peer is both earlier and cheaper than Balanced',
			!isBeaten('known kind, ±15 %', peers15),
		],
		[
			'±40 %: no peer is both earlier and cheaper than Balanced',
			!isBeaten('known kind, ±40 %', peers40),
		],
		within(
			`±15 %, 20–60 s (${results.fewestAt20.toFixed(1)} calls are the fewest, see below)`,
			['known kind, ±15 %', 2],
			[0.5, 10],
		),
		within('±15 %, 60–300 s', ['known kind, ±15 %', 3], [1.5, 14]),
		[
			'unknown kind: at most 3 / 12 / 25 / 54 / 166 calls',
			coldCalls.every((calls, band) => at('unknown kind', band).calls <= calls),
		],
		[
			`unknown kind: no job later than a tenth of its time and 1 s (${results.beyondCold.toFixed(2)} s)`,
			results.beyondCold <= 1,
		],
		[
			`whatever the history: no job found later than at three times its own time plus 3 s (${results.beyondThrice.toFixed(2)} s)`,
			results.beyondThrice <= 3,
		],
		[
			`ten times as long as usual: at most ten calls more than of unknown kind (${results.beyondColdCalls.toFixed(0)})`,
			results.beyondColdCalls <= 10,
		],
		within('first 100, ±15 %, 60–300 s', ['unknown kind, ±15 %, first 100 at once', 3], [1.5, 65]),
		within('first 100, ±40 %, 60–300 s', ['unknown kind, ±40 %, first 100 at once', 3], [1.5, 65]),
	];
}
