import { optimumAt } from '../../../benchmarks/waiting/bound.cjs';
import { createKnob } from '../../../nodes/core/polling/pollCost';
import { estimateLifetime, type Lifetime } from '../../../nodes/core/polling/durationEstimate';
import { planLooks, type Plan } from '../../../nodes/core/polling/pollPlan';
import type { Observation } from '../../../nodes/core/polling/observation';
import { seededRandom } from '../../support/fakes/virtual-host.cjs';

/** The knob without its bounds, so that the optimum itself is seen. */
const free = (lookCostMs: number) => ({
	lookCostMs: () => lookCostMs,
	coldPauseMs: () => Infinity,
	toleratedMs: () => Infinity,
	shortestPauseMs: () => 1,
});

const uniform = (fromMs: number, toMs: number, cells = 400): Lifetime => ({
	edges: Float64Array.from([
		0,
		...Array.from(
			{ length: cells + 1 },
			(_none, cell) => fromMs + ((toMs - fromMs) * cell) / cells,
		),
	]),
	masses: Float64Array.from([0, ...Array.from({ length: cells }, () => 1 / cells)]),
	fromMs,
});

/** Mean lateness and looks of a plan for durations that are uniform, exactly. */
function figuresOf(plan: Plan, fromMs: number, toMs: number) {
	let age = 0;
	let lateMs = 0;
	let calls = 0;
	for (let look = 1; age < toMs; look++) {
		const next = age + (plan.pauseMs(age) ?? Infinity);
		const [low, high] = [Math.max(age, fromMs), Math.min(next, toMs)];
		if (high > low) {
			const share = (high - low) / (toMs - fromMs);
			calls += share * look;
			lateMs += share * (next - (low + high) / 2);
		}
		age = next;
	}
	return { lateMs, calls };
}

describe('the optimal looks', () => {
	test.each([5, 50, 500, 5_000, 100_000])(
		'cost what theory says for a uniform lifetime, when a look is worth %i ms',
		(lookCostMs) => {
			const plan = planLooks(uniform(100_000, 140_000), free(lookCostMs));
			const found = figuresOf(plan, 100_000, 140_000);
			const best = optimumAt({ fromMs: 100_000, toMs: 140_000 }, lookCostMs);
			const cost = ({ lateMs, calls }: typeof found) => lateMs + calls * lookCostMs;
			expect(cost(found) / cost(best)).toBeGreaterThan(0.999);
			expect(cost(found) / cost(best)).toBeLessThan(1.01);
		},
	);

	test('the first is not before the job can end, and the pauses become shorter', () => {
		const plan = planLooks(uniform(60_000, 80_000), free(500));
		const looks = [0];
		while ((looks.at(-1) ?? 0) < 79_999) {
			const age = looks.at(-1) ?? 0;
			looks.push(age + (plan.pauseMs(age) ?? Infinity));
		}
		expect(looks[1]).toBeGreaterThan(60_000);
		const pauses = looks.slice(2).map((look, index) => look - (looks[index + 1] ?? 0));
		expect(pauses.length).toBeGreaterThan(5);
		expect(pauses.at(-1)).toBeLessThan((pauses[0] ?? 0) / 2);
	});

	test('a job that has outlived the plan is none of its business', () => {
		expect(planLooks(uniform(60_000, 80_000), free(500)).pauseMs(80_001)).toBeUndefined();
	});

	test('whatever the lifetime, no pause is longer than what is promised', () => {
		const knob = createKnob();
		for (const sightings of [[at(1_200_000)], [at(4_000)], [at(3_000), at(80_000_000)]]) {
			const lifetime = estimateLifetime(sightings);
			const plan = planLooks(lifetime, knob);
			for (let age = 0; age < 2_000_000; age += 997) {
				const { fromMs } = lifetime;
				const most =
					age < fromMs
						? Math.min(2 * age + 150_000, fromMs + knob.coldPauseMs(fromMs) - age)
						: knob.coldPauseMs(age);
				expect(plan.pauseMs(age) ?? 0).toBeLessThanOrEqual(most);
			}
		}
	});
});

const at = (ms: number, share = 0.02): Observation => ({
	lastRunningMs: ms * (1 - share),
	firstDoneMs: ms * (1 + share),
});

const shareIn = ({ edges, masses }: Lifetime, fromMs: number, toMs: number) =>
	masses.reduce((sum, mass, cell) => {
		const middle = ((edges[cell] ?? 0) + (edges[cell + 1] ?? 0)) / 2;
		return middle >= fromMs && middle < toMs ? sum + mass : sum;
	}, 0);

describe('the estimate', () => {
	test('is a distribution', () => {
		for (const list of [[at(500)], [at(1_000)], [at(10_000), at(86_000_000)]]) {
			const { edges, masses } = estimateLifetime(list);
			expect(masses.every((mass) => mass >= 0)).toBe(true);
			expect(shareIn(estimateLifetime(list), 0, Infinity)).toBeGreaterThan(0.999);
			expect(shareIn(estimateLifetime(list), 0, Infinity)).toBeLessThan(1.000001);
			expect(edges.slice(1).every((edge, cell) => edge > (edges[cell] ?? 0))).toBe(true);
		}
	});

	test('after one job, the next may well be a fifth quicker or slower; after many it is as they were', () => {
		const one = estimateLifetime([at(100_000)]);
		expect(shareIn(one, 80_000, 125_000)).toBeGreaterThan(0.4);
		expect(shareIn(one, 80_000, 125_000)).toBeLessThan(0.9);
		const random = seededRandom(5);
		const list = Array.from({ length: 48 }, () => at(100_000 * (0.85 + 0.3 * random())));
		expect(shareIn(estimateLifetime(list), 83_000, 118_000)).toBeGreaterThan(0.97);
	});

	test('a vague sighting is placed where the others say', () => {
		const list = [at(100_000), at(102_000), at(98_000), { lastRunningMs: 0, firstDoneMs: 120_000 }];
		expect(shareIn(estimateLifetime(list), 0, 60_000)).toBeLessThan(0.01);
	});

	test('loose sightings narrow each other down: jobs of one duration are met by one look', () => {
		// As two hundred jobs of exactly two seconds leave them: seen to run by a few, and late by those.
		const loose = [1_480, 1_625, 1_786, 1_882].map((lastRunningMs) => ({
			lastRunningMs,
			firstDoneMs: 2_220,
		}));
		const early = Array.from({ length: 20 }, (_none, job) => ({
			lastRunningMs: 0,
			firstDoneMs: 2_010 + job,
		}));
		const plan = planLooks(estimateLifetime([...loose, ...loose, ...early]), createKnob());
		expect(plan.pauseMs(0)).toBeGreaterThan(1_980);
		expect(plan.pauseMs(0)).toBeLessThan(2_100);
	});

	test('a sighting that contradicts all others opens the time before them', () => {
		const list = [at(100_000), at(102_000), at(98_000), { lastRunningMs: 0, firstDoneMs: 30_000 }];
		expect(shareIn(estimateLifetime(list), 0, 30_000)).toBeCloseTo(0.25, 1);
	});
});
