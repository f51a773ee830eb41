import {
	around,
	modelsIn,
	runFixed,
	runLearning,
	summarise,
	waitFor,
	type Band,
} from '../../../benchmarks/waiting/simulate.cjs';
import { peers } from '../../../benchmarks/waiting/peers.cjs';
import { createClient } from '../../../nodes/core/http/client';
import {
	createDurationHistory,
	type DurationHistory,
} from '../../../nodes/core/polling/durationHistory';
import { createKnob } from '../../../nodes/core/polling/pollCost';
import { createLearner } from '../../../nodes/core/polling/adaptiveSchedule';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { isTelling, type Observation } from '../../../nodes/core/polling/observation';
import { json, seededRandom, virtualHost } from '../../support/fakes/virtual-host.cjs';

const warmUp = 48;

/** Jobs of models with a history, within a share of their usual time. */
const warm = (band: Band, share: number, setting = 0.5, models = 40, jobs = 50) => {
	const list = modelsIn(band, models, warmUp + jobs, around(share));
	return { list, ...summarise(runLearning(list, setting), warmUp) };
};

const cold = (band: Band, setting = 0.5) =>
	summarise(
		runLearning(
			modelsIn(band, 1_000, 1, () => 1),
			setting,
			false,
		),
	);

describe('cold', () => {
	test.each<[Band, late: number, calls: number]>([
		[[1, 5], 0.5, 3],
		[[5, 20], 1.25, 12],
		[[20, 60], 4, 25],
		[[60, 300], 18, 54],
		[[300, 1_200], 75, 166],
	])('jobs of %p s are seen %f s late at most, with %f calls', (band, late, calls) => {
		const seen = cold(band);
		expect(seen.late).toBeLessThanOrEqual(late);
		expect(seen.calls).toBeLessThanOrEqual(calls);
	});

	test('no job is later than a tenth of its time and a second', () => {
		const random = seededRandom(1);
		const schedule = createLearner(createDurationHistory()).begin('m');
		for (let job = 0; job < 400; job++) {
			const durationMs = 1_000 * 1.02 ** job;
			const { lateMs } = waitFor(durationMs, schedule, random);
			expect(lateMs).toBeLessThanOrEqual(durationMs / 10 + 1_000);
		}
	});
});

describe('warm', () => {
	test.each<[Band, late: number, calls: number]>([
		[[1, 5], 0.25, 1.9],
		[[20, 60], 0.5, 8],
		[[60, 300], 1.5, 10],
	])('jobs of %p s, within 15 %%, are seen %f s late with %f calls', (band, late, calls) => {
		const seen = warm(band, 0.15);
		expect(seen.late).toBeLessThanOrEqual(late);
		expect(seen.calls).toBeLessThanOrEqual(calls);
	});

	test.each<[Band]>([[[5, 20]], [[20, 60]], [[60, 300]]])(
		'jobs of %p s, within 40 %%, are seen earlier and with fewer calls than cold',
		(band) => {
			const [known, unknown] = [warm(band, 0.4, 0.5, 10, 20), cold(band)];
			expect(known.late).toBeLessThan(unknown.late);
			expect(known.calls).toBeLessThan(unknown.calls);
		},
	);

	test('no peer is both earlier and cheaper, and the two ends of the knob surround them all', () => {
		const band: Band = [20, 60];
		const { list, late, calls } = warm(band, 0.15, 0.5, 10, 16);
		const [eager, frugal] = [warm(band, 0.15, 0, 10, 16), warm(band, 0.15, 1, 10, 16)];
		for (const { schedule, rule } of peers) {
			const peer = summarise(runFixed(list, schedule, rule.includes('at once')), warmUp);
			expect([rule, peer.late < late && peer.calls < calls]).toEqual([rule, false]);
			expect(eager.late).toBeLessThan(peer.late);
			expect(frugal.calls).toBeLessThan(peer.calls);
		}
	});

	test('the knob goes one way: the more frugal, the later and the fewer calls', () => {
		const seen = [0, 0.25, 0.5, 0.75, 1].map((setting) => warm([60, 300], 0.15, setting, 4, 16));
		for (const [index, one] of seen.entries()) {
			const before = seen[index - 1];
			if (before === undefined) continue;
			expect(one.late).toBeGreaterThan(before.late);
			expect(one.calls).toBeLessThan(before.calls);
		}
	});

	test('the frugal end learns too: one look a job, also where two were needed at first', () => {
		expect(warm([5, 20], 0.15, 1, 20, 20).calls).toBeLessThan(1.02);
	});

	test('one job is enough to know better', () => {
		const list = modelsIn([20, 60], 60, 2, around(0.15));
		const waits = runLearning(list, 0.5);
		const [first, second] = [summarise(waits, 0, 1), summarise(waits, 1, 2)];
		expect(second.late).toBeLessThan(first.late / 2);
		expect(second.calls).toBeLessThan(first.calls / 1.5);
	});
});

describe('a model that changes', () => {
	const changing = (band: Band, factor: number) => {
		const spread = around(0.15);
		const list = modelsIn(
			band,
			10,
			warmUp + 40,
			(random, job) => (job < warmUp ? 1 : factor) * spread(random),
		);
		const steady = modelsIn(band, 10, warmUp + 40, (random) => factor * spread(random));
		return { waits: runLearning(list, 0.5), always: runLearning(steady, 0.5) };
	};

	test.each<[Band]>([[[20, 60]], [[60, 300]]])(
		'twice as slow, %p s: no job is later than a tenth of its time and a second; ten jobs on all is well',
		(band) => {
			const { waits, always } = changing(band, 2);
			for (const { lateMs, durationMs } of waits.flatMap((one) => one.slice(warmUp)))
				expect(lateMs).toBeLessThanOrEqual(durationMs / 10 + 1_000);
			const [later, usual] = [summarise(waits, warmUp + 10), summarise(always, warmUp + 10)];
			expect(later.late).toBeLessThanOrEqual(1.12 * usual.late);
			expect(later.calls).toBeLessThanOrEqual(1.12 * usual.calls);
		},
	);

	test('twice as fast: seen late at first, but not for long', () => {
		const { waits, always } = changing([20, 60], 0.5);
		expect(summarise(waits, warmUp, warmUp + 1).worst).toBeGreaterThan(10);
		expect(summarise(waits, warmUp + 10).late).toBeLessThan(
			2 * summarise(always, warmUp + 10).late,
		);
	});
});

describe('a history that lies', () => {
	const looksUntil = (durations: DurationHistory, untilMs: number, setting: number) => {
		const random = seededRandom(9);
		const schedule = createLearner(durations, createKnob(setting)).begin('m');
		const looks = [0];
		while ((looks.at(-1) ?? 0) < untilMs) {
			const age = looks.at(-1) ?? 0;
			looks.push(age + schedule.pauseMs(age, random()));
		}
		return looks;
	};

	/** Histories of every kind of nonsense that parsing lets through. */
	const histories = Array.from({ length: 8 }, (_none, seed) => {
		const random = seededRandom(seed + 1);
		const seen = Array.from({ length: 24 }, () => {
			const lastRunningMs = random() < 0.3 ? 0 : 10 ** (8 * random());
			return [lastRunningMs, Math.min(86_400_000, lastRunningMs + 10 ** (8 * random() - 1))];
		});
		return { kinds: [{ kind: 'm', seen: seen.flat() }] };
	});

	test('neither starves a job nor floods the API', () => {
		for (const stored of histories) {
			for (const setting of [0, 0.5, 1]) {
				const knob = createKnob(setting);
				const looks = looksUntil(createDurationHistory(stored), 600_000, setting);
				const coldLooks = looksUntil(createDurationHistory(), 600_000, setting);
				expect(looks.length).toBeLessThanOrEqual(9 * coldLooks.length);
				for (const [index, look] of looks.entries()) {
					const age = looks[index - 1] ?? 0;
					if (index === 0) continue;
					expect(look - age).toBeGreaterThanOrEqual(0.9 * 250);
					const most = Math.max(2 * age + 150_000, knob.coldPauseMs(age));
					expect(look - age).toBeLessThanOrEqual(1.1 * most + knob.coldPauseMs(age + most));
				}
			}
		}
	});

	test('one that says days costs a quick job two and a half minutes at most, once', () => {
		const seen = Array.from({ length: 24 }, () => [80_000_000, 80_100_000]).flat();
		const stored = { kinds: [{ kind: 'm', seen }] };
		const [waits] = runLearning(
			[{ name: 'm', durationsMs: Array(12).fill(8_000) as number[] }],
			0.5,
			true,
			stored,
		);
		expect(waits?.[0]?.lateMs).toBeLessThan(152_000);
		expect(waits?.at(-1)?.lateMs).toBeLessThan(2_000);
	});

	test('a setting that is no number is the middle', () => {
		expect(createKnob(NaN).coldPauseMs(10_000)).toBe(createKnob(0.5).coldPauseMs(10_000));
		expect(createKnob(-7).coldPauseMs(10_000)).toBe(createKnob(0).coldPauseMs(10_000));
		expect(createKnob(7).coldPauseMs(10_000)).toBe(createKnob(1).coldPauseMs(10_000));
	});
});

describe('in the waiting core', () => {
	test('a known kind is looked at when it is about to end, in virtual time', async () => {
		const durations = createDurationHistory();
		const random = seededRandom(4);
		for (let job = 0; job < 20; job++) {
			const ms = 90_000 * (0.95 + 0.1 * random());
			durations.add('sdxl-base 0', { lastRunningMs: ms - 500, firstDoneMs: ms + 500 }, job);
		}
		const host = virtualHost(
			(_request, { now }) =>
				json(200, {
					process_id: 'p',
					status: now() < 91_000 ? 'IN_PROGRESS' : 'COMPLETED',
					result: { text: 'x' },
				}),
			seededRandom(2),
		);
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		const flight = createLearner(durations).begin('sdxl-base 0');
		await host.run(waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob: flight }));
		expect(host.now() - 91_000).toBeLessThan(1_000);
		expect(host.requests.length).toBeLessThanOrEqual(10);
		expect(host.requests[0]?.at).toBeGreaterThan(70_000);
	});

	test('when history turns out to be out of date, jobs under way keep the plan they had', () => {
		const durations = createDurationHistory();
		const learner = createLearner(durations);
		const [waiting, ...others] = Array.from({ length: 100 }, () => learner.begin('m'));
		const end = (many: number, sighting: Observation) => {
			for (const flight of others.splice(0, many)) flight.complete(sighting, 0);
		};
		end(5, { lastRunningMs: 9_500, firstDoneMs: 10_000 });
		expect(waiting?.pauseMs(0, 0.5)).toBeGreaterThan(6_000);
		end(5, { lastRunningMs: 0, firstDoneMs: 9_000 });
		expect(durations.of('m').filter(isTelling)).toEqual([]);
		expect(waiting?.pauseMs(0, 0.5)).toBeGreaterThan(6_000);
		expect(learner.begin('m').pauseMs(0, 0.5)).toBeLessThan(3_000);
	});

	test('a job that starts when enough is known, but no plan is made yet, gets the next one', () => {
		const durations = createDurationHistory();
		const learner = createLearner(durations);
		const first = learner.begin('m');
		for (let job = 0; job < 8; job++)
			durations.add('m', { lastRunningMs: 9_500, firstDoneMs: 10_000 }, job);
		const second = learner.begin('m');
		expect(second.pauseMs(0, 0.5)).toBeLessThan(3_000);
		first.complete({ lastRunningMs: 9_500, firstDoneMs: 10_000 }, 9);
		expect(second.pauseMs(0, 0.5)).toBeGreaterThan(6_000);
	});

	test('the same random numbers give the same looks', () => {
		const looks = () => {
			const durations = createDurationHistory();
			const random = seededRandom(8);
			const learner = createLearner(durations);
			return Array.from({ length: 30 }, (_none, job) => {
				const flight = learner.begin('m');
				const wait = waitFor(30_000 + 100 * job, flight, random);
				flight.complete(wait.sighting, job);
				return wait;
			});
		};
		expect(looks()).toEqual(looks());
	});

	test.each([0, 0.25, 0.5])(
		'however eager (%d), the first of many are not asked at once',
		(setting) => {
			const learner = createLearner(createDurationHistory(), createKnob(setting));
			const flights = Array.from({ length: 20 }, () => learner.begin('m'));
			for (const flight of flights) expect(flight.pauseMs(0, 0)).toBeGreaterThanOrEqual(250);
		},
	);

	test('jobs that start together do not ask together: apart by a share of the pause that follows', () => {
		const durations = createDurationHistory();
		for (let job = 0; job < 20; job++)
			durations.add(
				'm',
				{ lastRunningMs: 89_000 + 100 * job, firstDoneMs: 90_000 + 100 * job },
				job,
			);
		const schedule = createLearner(durations).begin('m');
		const [early, middle, late] = [0, 0.5, 1].map((random) => schedule.pauseMs(0, random)) as [
			number,
			number,
			number,
		];
		const next = schedule.pauseMs(middle, 0.5);
		expect(middle - early).toBeCloseTo(0.07 * next, 5);
		expect(late - middle).toBeCloseTo(0.07 * next, 5);
	});
});
