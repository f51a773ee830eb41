import { kindOf, sizeOf } from '../../../nodes/core/jobs/size';
import type { Job } from '../../../nodes/core/jobs/submit';
import { createDurationStats, type DurationStats } from '../../../nodes/core/polling/durationStats';
import {
	around,
	modelsIn,
	runConcurrently,
	summarise,
	type Band,
} from '../../support/fakes/polling-simulation.cjs';

const paint = (inputs: Job['inputs'] = {}): Job => ({ model: 'sdxl-base', inputs });

const withFile = (size: number): Job => ({
	model: 'whisper',
	inputs: {},
	file: {
		rule: { parameter: 'file', label: 'File', extensions: [] },
		source: {
			kind: 'binary',
			file: {
				name: 'a.mp3',
				mimeType: 'audio/mpeg',
				size,
				read: async () => await Promise.resolve(new Uint8Array()),
				open: async () => await Promise.resolve(new Uint8Array()),
			},
		},
	},
});

describe('the size of a job', () => {
	test.each<[string, Job, number]>([
		['nothing known', paint(), 1],
		['steps and samples', paint({ steps: 40, samples: '3' }), 120],
		['odd values', paint({ steps: 'many', samples: -2, max_length: null }), 1],
		['a text to be spoken', { model: 'sunoai-bark', inputs: { prompt: 'a'.repeat(640) } }, 10],
		[
			'a prompt that is not spoken',
			{ model: 'zephyr-7b-beta', inputs: { prompt: 'a'.repeat(640) } },
			1,
		],
		['a recording', withFile(6_553_600), 100],
		['a small recording', withFile(10), 1],
	])('%s', (_name, job, size) => expect(sizeOf(job)).toBe(size));
});

test('jobs are of one kind by model and by sizes within a factor of two', () => {
	const kind = (steps: number) => kindOf(paint({ steps }));
	expect(kind(30)).toBe(kind(17));
	expect(kind(30)).not.toBe(kind(33));
	expect(kind(1)).not.toBe(kindOf({ model: 'txt2img', inputs: {} }));
	for (const steps of [NaN, -5, 0, Infinity]) expect(kind(steps)).toBe(kind(1));
	const longest = kindOf({ model: 'm'.repeat(500), inputs: { steps: 1e300, samples: 1e300 } });
	expect(longest.length).toBeLessThanOrEqual(100);
});

describe('duration stats', () => {
	const complete = (
		stats: DurationStats,
		jobs: number,
		[lastRunningMs, firstDoneMs]: readonly [number, number],
		kind = 'm',
	): DurationStats => {
		for (let index = 0; index < jobs; index++)
			stats.trackJob(kind, 'balanced').complete({ lastRunningMs, firstDoneMs }, index);
		return stats;
	};
	/** The pause of a job at 12 s, long after the first polls of one of an unknown kind. */
	const pauseAt12 = (stats: DurationStats, kind = 'm') =>
		stats.trackJob(kind, 'balanced').pauseMs(12_000, 0.5);
	const textOf = (snapshot: unknown): unknown => JSON.parse(JSON.stringify(snapshot));

	test('are of one kind, and of no other', () => {
		const stats = complete(createDurationStats(), 20, [29_000, 30_000]);
		expect(pauseAt12(stats)).toBeGreaterThan(15_000);
		expect(pauseAt12(stats, 'other')).toBeLessThan(2_500);
	});

	test('make Frugal later and Eager poll more', () => {
		const pollsBy = (polling: 'balanced' | 'eager' | 'frugal') => {
			const { pauseMs } = createDurationStats().trackJob('m', polling);
			let polls = 0;
			for (let age = 0; age < 120_000; age += pauseMs(age, 0.5)) polls += 1;
			return polls;
		};
		expect(pollsBy('eager')).toBeGreaterThan(2 * pollsBy('balanced'));
		expect(pollsBy('balanced')).toBeGreaterThan(2 * pollsBy('frugal'));
	});

	test('are restored from what was stored; nothing is stored when nothing was learned', () => {
		const stats = createDurationStats();
		expect(stats.snapshotIfChanged(undefined)).toBeUndefined();
		const stored = textOf(complete(stats, 1, [59_000, 60_000]).snapshotIfChanged(undefined));
		const again = createDurationStats(stored);
		expect(pauseAt12(again)).toBeGreaterThan(10_000);
		expect(again.snapshotIfChanged(stored)).toBeUndefined();
	});

	test('are stored rarely: each time overwrites what other processes stored', () => {
		const stats = createDurationStats();
		let stored: unknown;
		let times = 0;
		for (let jobs = 0; jobs < 200; jobs++) {
			// As different as ±15 % makes them.
			const end = 60_000 + 9_000 * Math.sin(jobs);
			const snapshot = complete(stats, 1, [end - 1_000, end]).snapshotIfChanged(stored);
			if (snapshot === undefined) continue;
			stored = textOf(snapshot);
			times += 1;
		}
		expect(times).toBeLessThanOrEqual(9);
		expect(stored).toMatchObject({ m: expect.any(Array) });
		// Before the stored model would be outdated for a later process.
		const slower = complete(stats, 14, [120_000, 121_000]);
		expect(slower.snapshotIfChanged(stored)).toBeDefined();
	});

	test('learn nothing from a job whose end was not seen, and no longer count it as running', () => {
		const stats = createDurationStats();
		const jobs = Array.from({ length: 9 }, () => stats.trackJob('m', 'balanced'));
		const alone = createDurationStats().trackJob('m', 'balanced').pauseMs(5_000, 0.5);
		expect(jobs[0]?.pauseMs(5_000, 0.5)).toBeGreaterThan(1.4 * alone);
		for (const job of jobs) job.complete();
		expect(stats.trackJob('m', 'balanced').pauseMs(5_000, 0.5)).toBe(alone);
		expect(stats.snapshotIfChanged(undefined)).toBeUndefined();
	});

	test('give a job one range for all its time once enough is known', () => {
		const stats = complete(createDurationStats(), 8, [29_000, 30_000]);
		const [job, other] = [stats.trackJob('m', 'balanced'), stats.trackJob('m', 'balanced')];
		const before = job.pauseMs(20_000, 0.5);
		other.complete({ lastRunningMs: 20_000, firstDoneMs: 20_500 }, 9);
		expect(job.pauseMs(20_000, 0.5)).toBe(before);
		expect(stats.trackJob('m', 'balanced').pauseMs(20_000, 0.5)).toBeLessThan(before);
	});

	test('count each end once', () => {
		const stats = createDurationStats();
		const job = stats.trackJob('m', 'balanced');
		job.complete({ lastRunningMs: 900, firstDoneMs: 1_000 });
		job.complete({ lastRunningMs: 1_900, firstDoneMs: 2_000 });
		expect(stats.snapshotIfChanged(undefined)).toEqual({ m: [[900, 1_000]] });
	});

	test.each([null, 7, 'x', [], {}, { m: 'x' }, { m: [1, [2]] }, { m: [['1', '2']] }])(
		'take %j for nothing',
		(stored) => {
			const schedule = createDurationStats(stored).trackJob('m', 'balanced');
			expect(schedule.pauseMs(0, 0.5)).toBe(
				createDurationStats().defaultSchedule('balanced').pauseMs(0, 0.5),
			);
		},
	);
});

describe('a hundred jobs of an unknown kind at once', () => {
	test.each<[Band, share: number, late: number, calls: number, next: number]>([
		[[1, 5], 0.15, 0.3, 4, 3],
		[[5, 20], 0.15, 0.35, 12, 6.5],
		[[20, 60], 0.15, 0.6, 22, 10],
		[[60, 300], 0.15, 1.5, 42, 14],
		[[60, 300], 0.4, 1.6, 55, 21],
	])(
		'of %p s, within %f, are found %f s late with %f calls, the next hundred with %f',
		(band, share, late, calls, next) => {
			const waits = modelsIn(band, 8, 200, around(share)).map((model) =>
				runConcurrently(model, 100),
			);
			const [first, second] = [summarise(waits, 0, 100), summarise(waits, 100)];
			expect(first.late).toBeLessThanOrEqual(late);
			expect(first.calls).toBeLessThanOrEqual(calls);
			expect(second.calls).toBeLessThanOrEqual(next);
		},
	);

	test('of two seconds each need few polls, and are found at once', () => {
		const { late, calls } = summarise(
			modelsIn([2, 2], 8, 100, () => 1).map((model) => runConcurrently(model, 100)),
		);
		expect(calls).toBeLessThan(1.5);
		expect(late).toBeLessThan(0.15);
	});

	test('a job twice as long as the others is still polled often enough', () => {
		const durationsMs = Array.from({ length: 100 }, (_none, job) => (job === 50 ? 40_000 : 20_000));
		const waits = runConcurrently({ name: 'one straggler', durationsMs }, 100);
		expect(waits[50]?.lateMs).toBeLessThan(5_000);
		expect(waits[50]?.calls).toBeLessThan(40);
	});

	test('a stream that never stops keeps up with a model that becomes slower', () => {
		const durationsMs = Array.from({ length: 1_000 }, (_none, job) =>
			job < 720 ? 20_000 : 40_000,
		);
		const waits = runConcurrently({ name: 'a stream', durationsMs }, 100).slice(850);
		const { late, calls } = summarise([waits]);
		expect(late).toBeLessThan(1);
		expect(calls).toBeLessThan(8);
	});

	test.each(['eager', 'balanced'] as const)('are not polled at once (%s)', (polling) => {
		const stats = createDurationStats();
		const jobs = Array.from({ length: 20 }, () => stats.trackJob('m', polling));
		for (const job of jobs) expect(job.pauseMs(0, 0)).toBeGreaterThanOrEqual(250);
	});

	test('are polled in the same way with the same random numbers', () => {
		const runs = () =>
			modelsIn([20, 60], 1, 120, around(0.15)).map((model) => runConcurrently(model, 100));
		expect(runs()).toEqual(runs());
	});
});
