import { createDurationStats, type DurationStats } from '../../../nodes/core/polling/durationStats';
import { sizeOf } from '../../../nodes/core/jobs/size';
import type { Job } from '../../../nodes/core/jobs/submit';

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

describe('experience', () => {
	/** The first pause for a job, after twenty that took 30 s. */
	const afterTwenty = (job: Job, polling: 'balanced' | 'eager' | 'frugal' = 'balanced') => {
		const experience = createDurationStats();
		for (let index = 0; index < 20; index++) {
			const flight = experience.trackJob(paint({ steps: 30 }), polling);
			flight.complete(
				{ lastRunningMs: 29_000 + 50 * index, firstDoneMs: 30_000 + 50 * index },
				index,
			);
		}
		return experience.trackJob(job, polling).pauseMs(0, 0.5);
	};

	test('is of one kind, and of no other', () => {
		expect(afterTwenty(paint({ steps: 30 }))).toBeGreaterThan(20_000);
		for (const other of [paint({ steps: 300 }), { model: 'txt2img', inputs: { steps: 30 } }]) {
			expect(afterTwenty(other)).toBeLessThan(2_500);
		}
	});

	test('a frugal user is later and asks less than an eager one', () => {
		const looksBy = (polling: 'balanced' | 'eager' | 'frugal') => {
			const { pauseMs } = createDurationStats().trackJob(paint(), polling);
			let looks = 0;
			for (let age = 0; age < 120_000; age += pauseMs(age, 0.5)) looks += 1;
			return looks;
		};
		expect(looksBy('eager')).toBeGreaterThan(2 * looksBy('balanced'));
		expect(looksBy('balanced')).toBeGreaterThan(2 * looksBy('frugal'));
	});

	/** After some more jobs, all ending between these two ages. */
	const after = (
		experience: DurationStats,
		jobs: number,
		[lastRunningMs, firstDoneMs]: [number, number],
	) => {
		for (let index = 0; index < jobs; index++) {
			experience
				.trackJob(paint(), 'balanced')
				.complete({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }, index);
		}
		return experience;
	};
	const textOf = (learned: unknown): unknown => JSON.parse(JSON.stringify(learned));

	test('what is kept is there again, and nothing is kept when nothing was learned', () => {
		const experience = createDurationStats();
		expect(experience.snapshotIfChanged(undefined)).toBeUndefined();
		const kept = textOf(after(experience, 1, [59_000, 60_000]).snapshotIfChanged(undefined));
		const again = createDurationStats(kept);
		expect(again.trackJob(paint(), 'balanced').pauseMs(0, 0.5)).toBeGreaterThan(10_000);
		expect(again.snapshotIfChanged(kept)).toBeUndefined();
	});

	test('is kept seldom: what was stored meanwhile by others is lost each time', () => {
		const experience = createDurationStats();
		let kept: unknown;
		let times = 0;
		for (let jobs = 0; jobs < 200; jobs++) {
			// As different as ±15 % makes them.
			const end = 60_000 + 9_000 * Math.sin(jobs);
			const learned = after(experience, 1, [end - 1_000, end]).snapshotIfChanged(kept);
			if (learned === undefined) continue;
			kept = textOf(learned);
			times += 1;
		}
		expect(times).toBeLessThanOrEqual(9);
		expect(kept).toMatchObject({ kinds: [{ seen: expect.any(Array) }] });
		// Not so late that a later process would know a model that is no more.
		const slower = after(experience, 14, [120_000, 121_000]);
		expect(slower.snapshotIfChanged(kept)).toBeDefined();
	});

	test('a job that nobody saw end counts no longer, and teaches nothing', () => {
		const experience = createDurationStats();
		const flights = Array.from({ length: 9 }, () => experience.trackJob(paint(), 'balanced'));
		const alone = createDurationStats().trackJob(paint(), 'balanced').pauseMs(5_000, 0.5);
		expect(flights[0]?.pauseMs(5_000, 0.5)).toBeGreaterThan(1.4 * alone);
		for (const flight of flights) flight.complete();
		expect(experience.trackJob(paint(), 'balanced').pauseMs(5_000, 0.5)).toBe(alone);
		expect(experience.snapshotIfChanged(undefined)).toBeUndefined();
	});

	test.each([null, 7, 'x', [], {}, { kinds: 'x' }, { kinds: [{ kind: 1, seen: [1, 2] }] }])(
		'%j is no memory, and does no harm',
		(stored) => {
			const schedule = createDurationStats(stored).trackJob(paint(), 'balanced');
			expect(schedule.pauseMs(0, 0.5)).toBe(
				createDurationStats().defaultSchedule('balanced').pauseMs(0, 0.5),
			);
		},
	);
});
