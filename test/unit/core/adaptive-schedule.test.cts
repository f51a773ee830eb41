import { adaptiveSchedule, estimateRange } from '../../../nodes/core/polling/adaptiveSchedule';
import type { Observation } from '../../../nodes/core/polling/durationHistory';
import { coldSchedule, type Schedule } from '../../../nodes/core/polling/schedule';
import {
	around,
	modelsIn,
	runInTurn,
	summarise,
	waitFor,
	type Band,
} from '../../support/fakes/polling-simulation.cjs';
import { seededRandom } from '../../support/fakes/virtual-host.cjs';

const warmUp = 48;
const known = (band: Band, share: number, pauseFactor = 1, models = 40, jobs = 30) =>
	summarise(runInTurn(modelsIn(band, models, warmUp + jobs, around(share)), pauseFactor), warmUp);
const unknown = (band: Band) => summarise(runInTurn(modelsIn(band, 1_000, 1, () => 1)));

/** The ages of the polls of a job that runs until an age. */
function pollsUntil(untilMs: number, schedule: Schedule, random = () => 0.5): number[] {
	const ages: number[] = [];
	for (let age = 0; age < untilMs; ages.push(age)) age += schedule.pauseMs(age, random());
	return ages;
}

describe('a job of an unknown kind', () => {
	test.each<[Band, late: number, calls: number]>([
		[[1, 5], 0.5, 3],
		[[5, 20], 1.25, 12],
		[[20, 60], 4, 25],
		[[60, 300], 18, 54],
		[[300, 1_200], 75, 166],
	])('of %p s is found at most %f s late on average, with %f calls', (band, late, calls) => {
		const found = unknown(band);
		expect(found.late).toBeLessThanOrEqual(late);
		expect(found.calls).toBeLessThanOrEqual(calls);
	});

	test('is never later than a tenth of its time and a second', () => {
		const random = seededRandom(1);
		for (let job = 0; job < 400; job++) {
			const durationMs = 1_000 * 1.02 ** job;
			const { lateMs } = waitFor(durationMs, coldSchedule(), random);
			expect(lateMs).toBeLessThanOrEqual(durationMs / 10 + 1_000);
		}
	});
});

describe('a job of a known kind', () => {
	test.each<[Band, late: number, calls: number]>([
		[[1, 5], 0.25, 2.5],
		[[20, 60], 0.5, 10],
		[[60, 300], 1.5, 14],
	])('of %p s, within 15 %%, is found %f s late with %f calls', (band, late, calls) => {
		const found = known(band, 0.15);
		expect(found.late).toBeLessThanOrEqual(late);
		expect(found.calls).toBeLessThanOrEqual(calls);
	});

	test.each<[Band]>([[[1, 5]], [[5, 20]], [[20, 60]], [[60, 300]]])(
		'of %p s, within 40 %%, is found earlier and with fewer calls than one of an unknown kind',
		(band) => {
			const [warm, cold] = [known(band, 0.4), unknown(band)];
			expect(warm.late).toBeLessThan(cold.late);
			expect(warm.calls).toBeLessThan(cold.calls);
		},
	);

	test('is found later and with fewer calls, the more frugal the setting', () => {
		const found = [0.03, 0.18, 1, 5.7, 32].map((factor) => known([60, 300], 0.15, factor, 6, 16));
		for (const [index, one] of found.entries()) {
			const before = found[index - 1];
			if (before === undefined) continue;
			expect(one.late).toBeGreaterThan(before.late);
			expect(one.calls).toBeLessThan(before.calls);
		}
	});

	test('takes about one poll at the frugal end, not much later than it can take', () => {
		const { late, calls } = known([5, 20], 0.15, 32, 20);
		expect(calls).toBeLessThan(1.1);
		expect(late).toBeLessThan(4);
	});

	test('is found earlier and with fewer calls after a single one', () => {
		const waits = runInTurn(modelsIn([20, 60], 100, 2, around(0.15)));
		const [first, second] = [summarise(waits, 0, 1), summarise(waits, 1, 2)];
		expect(second.late).toBeLessThan(first.late / 1.5);
		expect(second.calls).toBeLessThan(first.calls / 1.5);
	});
});

describe('a model that changes', () => {
	const changed = (band: Band, factor: number) =>
		runInTurn(
			modelsIn(
				band,
				10,
				warmUp + 40,
				(random, job) => (job < warmUp ? 1 : factor) * around(0.15)(random),
			),
		);

	test.each<[string, Band, factor: number, lateness: number]>([
		['slow', [20, 60], 2, 1.6],
		['slow', [60, 300], 2, 1.6],
		['fast', [20, 60], 0.5, 3],
		['fast', [60, 300], 0.5, 3],
	])('twice as %s, %p s: ten jobs later it is known again', (_how, band, factor, lateness) => {
		const after = summarise(changed(band, factor), warmUp + 10);
		const always = summarise(
			runInTurn(modelsIn(band, 10, warmUp + 40, (random) => factor * around(0.15)(random))),
			warmUp + 10,
		);
		expect(after.late).toBeLessThanOrEqual(lateness * always.late);
		expect(after.calls).toBeLessThanOrEqual(1.3 * always.calls);
	});

	test('a job that takes ten times as long costs at most ten polls more than one of an unknown kind', () => {
		const models = modelsIn([1, 300], 30, warmUp + 1, (random, job) =>
			job < warmUp ? around(0.15)(random) : 10,
		);
		for (const model of models) {
			const [known10] = runInTurn([model]).map((waits) => waits[warmUp]);
			const alone = { ...model, durationsMs: model.durationsMs.slice(warmUp) };
			expect(known10?.calls).toBeLessThanOrEqual(summarise(runInTurn([alone])).calls + 10);
		}
	});
});

describe('a history that is wrong', () => {
	const random = seededRandom(7);
	const nonsense = Array.from({ length: 200 }, (_none, index) => {
		const usualMs = 10 ** (2 + 5.9 * random());
		const spread = index % 2 === 0 ? 1.1 : 1_000;
		const observations = Array.from({ length: 24 }, (): Observation => {
			const lastRunningMs = random() < 0.2 ? 0 : usualMs * spread ** (random() - 0.5);
			return { lastRunningMs, firstDoneMs: lastRunningMs + usualMs * random() };
		});
		return estimateRange(observations) ?? { fromMs: 0, toMs: 1 };
	});

	test('delays no result beyond three times the job’s own time plus 3 s', () => {
		for (const range of nonsense) {
			for (let durationMs = 50; durationMs < 1_000_000; durationMs *= 1.7) {
				const { lateMs } = waitFor(durationMs, adaptiveSchedule(range), random);
				expect(durationMs + lateMs).toBeLessThanOrEqual(3 * durationMs + 3_000);
			}
		}
	});

	test('does not flood the API', () => {
		for (const range of nonsense) {
			for (const factor of [0.03, 1, 32]) {
				const polls = pollsUntil(600_000, adaptiveSchedule(range, factor), random);
				const cold = pollsUntil(600_000, coldSchedule(factor), random);
				expect(polls.length).toBeLessThanOrEqual(9 * cold.length);
				const pauses = polls.map((age, index) => age - (polls[index - 1] ?? 0));
				expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0.9 * 250);
			}
		}
	});
});

describe('the range', () => {
	const precisely = (ms: number): Observation => ({ lastRunningMs: ms - 10, firstDoneMs: ms });

	test('is unknown without observations', () => expect(estimateRange([])).toBeUndefined());

	test('is wider than what was seen, the less the more was seen', () => {
		const few = estimateRange([precisely(90_000), precisely(110_000)]);
		expect(few?.fromMs).toBeLessThan(85_000);
		expect(few?.toMs).toBeGreaterThan(115_000);
		const jobs = Array.from({ length: 48 }, (_none, job) => precisely(90_000 + 420 * job));
		const many = estimateRange(jobs);
		expect(many?.fromMs).toBeGreaterThan(89_000);
		expect(many?.toMs).toBeLessThan(111_000);
	});

	test('reaches further while jobs still run that are older', () => {
		const ended = [precisely(90_000), precisely(91_000)];
		const running = Array.from({ length: 50 }, () => ({ ageMs: 90_500 }));
		const alone = estimateRange(ended)?.toMs ?? 0;
		expect(estimateRange(ended, running)?.toMs).toBeGreaterThan(alone + 5_000);
		const young = Array.from({ length: 50 }, () => ({ ageMs: 5_000 }));
		expect(estimateRange(ended, young)?.toMs).toBe(alone);
	});

	test('takes jobs that had ended before the first poll for as dense as the others', () => {
		const others = Array.from({ length: 18 }, (_none, job) => precisely(102_000 + 1_000 * job));
		const early = { lastRunningMs: 39_000, firstDoneMs: 102_500 };
		const { fromMs = 0 } = estimateRange([early, early, ...others]) ?? {};
		expect(fromMs).toBeGreaterThan(97_000);
		expect(fromMs).toBeLessThan(101_000);
		// Three in a row are no coincidence, nor is one that had ended long before.
		expect(estimateRange([...others, early, early, early])?.fromMs).toBeLessThan(91_000);
		const before = { lastRunningMs: 12_000, firstDoneMs: 39_000 };
		expect(estimateRange([before, ...others])?.fromMs).toBeLessThan(39_000);
	});
});

describe('polls within the range', () => {
	/** The least expected cost of any polls within a uniform range, by dynamic programming over a grid. */
	function leastCost(widthMs: number, costMs: number, cells = 400): number {
		const step = widthMs / cells;
		const best = new Float64Array(cells + 1);
		for (let from = cells - 1; from >= 0; from--) {
			best[from] = Infinity;
			for (let to = from + 1; to <= cells; to++) {
				const late = (((to - from) * step) / 2) * ((to - from) / cells);
				const total = costMs * (1 - from / cells) + late + (best[to] ?? 0);
				best[from] = Math.min(best[from] ?? Infinity, total);
			}
		}
		return best[0] ?? 0;
	}

	test.each<[number, number]>([
		[100_000, 140_000],
		[30_000, 40_000],
		[250_000, 260_000],
	])('from %i to %i ms cost about as little as possible', (fromMs, toMs) => {
		const costMs = 12 * Math.sqrt((fromMs + toMs) / 2_000);
		const polls = pollsUntil(toMs + 1, adaptiveSchedule({ fromMs, toMs })).filter(
			(age) => age > fromMs,
		);
		let expected = 0;
		polls.reduce((from, poll, index) => {
			const share = Math.max(0, Math.min(poll, toMs) - from) / (toMs - fromMs);
			expected += share * ((index + 1) * costMs + poll - (from + Math.min(poll, toMs)) / 2);
			return poll;
		}, fromMs);
		expect(expected / leastCost(toMs - fromMs, costMs)).toBeGreaterThan(0.999);
		expect(expected / leastCost(toMs - fromMs, costMs)).toBeLessThan(1.05);
	});

	test('are the first after its beginning, with shorter and shorter pauses', () => {
		const polls = pollsUntil(139_000, adaptiveSchedule({ fromMs: 100_000, toMs: 140_000 }));
		const within = polls.filter((age) => age > 39_000);
		expect(within[0]).toBeGreaterThan(100_000);
		const pauses = within.slice(1).map((age, index) => age - (within[index] ?? 0));
		expect(pauses.length).toBeGreaterThan(10);
		expect(pauses.at(-1)).toBeLessThan((pauses[0] ?? 0) / 2);
	});

	test('of jobs that start together are apart by a share of the pause', () => {
		const schedule = adaptiveSchedule({ fromMs: 100_000, toMs: 140_000 });
		const [early, middle, late] = [0, 0.5, 1].map((random) => schedule.pauseMs(99_000, random));
		const pause = (middle ?? 0) - 1_000;
		expect((middle ?? 0) - (early ?? 0)).toBeCloseTo(0.1 * pause, 5);
		expect((late ?? 0) - (middle ?? 0)).toBeCloseTo(0.1 * pause, 5);
	});
});
