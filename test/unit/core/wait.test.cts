import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import type { HttpResult } from '../../../nodes/core/host';
import { createDurationStats } from '../../../nodes/core/polling/durationStats';
import { fixedSchedule } from '../../../nodes/core/polling/schedule';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import {
	fault,
	json,
	seededRandom,
	virtualHost,
	type Responder,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });

const state = (status: string, result?: object): HttpResult =>
	json(200, { process_id: 'p', status, ...(result && { result }) });

/** A job that ends at a moment of virtual time. */
const endingAt =
	(ms: number, end: HttpResult = state('COMPLETED', { text: 'done' })): Responder =>
	(_request, host) =>
		host.now() >= ms ? end : state(host.now() < ms / 4 ? 'IN_QUEUE' : 'IN_PROGRESS');

const wait = async (host: VirtualHost, timeoutMs = 600_000, more = {}) =>
	await host.run(waitForJob(clientOf(host), 'p', { timeoutMs, ...more }));

describe('waiting', () => {
	test('ten minutes pass in a moment, and each look is soon enough', async () => {
		const host = virtualHost(endingAt(590_000));
		const waited = await wait(host);
		expect(waited).toMatchObject({ kind: 'ended', state: { phase: 'completed' } });
		expect(host.now()).toBeGreaterThanOrEqual(590_000);
		// A tenth of its time and a second: the promise for a job of which nothing is known.
		expect(host.now()).toBeLessThanOrEqual(590_000 * 1.1 + 1_000);
	});

	test('the first look is after some two seconds, never at once', async () => {
		const host = virtualHost(endingAt(0));
		await wait(host);
		expect(host.requests).toHaveLength(1);
		expect(host.requests[0]?.at).toBeGreaterThanOrEqual(1_500);
		expect(host.requests[0]?.at).toBeLessThanOrEqual(2_000);
	});

	test('a job of earlier days is looked at at once', async () => {
		const host = virtualHost(endingAt(0));
		await wait(host, 600_000, { lookAtOnce: true });
		expect(host.requests[0]?.at).toBe(0);
	});

	test.each(['PENDING', 'SOMETHING_NEW', 'queued'])('%s counts as running', async (word) => {
		const host = virtualHost((_request, { now }) =>
			now() > 3_000 ? state('COMPLETED', { text: 'x' }) : state(word),
		);
		await expect(wait(host)).resolves.toMatchObject({ kind: 'ended' });
	});

	test('status words are understood in any case', async () => {
		const host = virtualHost(() => state('Completed', { text: 'x' }));
		await expect(wait(host)).resolves.toMatchObject({ state: { status: 'COMPLETED' } });
	});

	test('a failure ends it, with the words of the API', async () => {
		const host = virtualHost(
			endingAt(2_000, state('FAILED', { errorMessage: 'CUDA out of memory' })),
		);
		await expect(wait(host)).resolves.toMatchObject({
			state: { phase: 'failed', failure: 'CUDA out of memory' },
		});
	});

	test('a finished job whose result is not written yet is looked at again, but not for ever', async () => {
		const late = virtualHost((_request, { requests }) =>
			requests.length < 3 ? state('COMPLETED') : state('COMPLETED', { text: 'x' }),
		);
		await expect(wait(late)).resolves.toMatchObject({ state: { result: { text: 'x' } } });
		const never = virtualHost(() => state('COMPLETED'));
		await expect(wait(never)).resolves.toMatchObject({
			kind: 'ended',
			state: { result: undefined },
		});
		expect(never.requests).toHaveLength(3);
	});

	test('it times out at the limit, with the last look there', async () => {
		const host = virtualHost(() => state('IN_PROGRESS'));
		const waited = await wait(host, 60_000);
		expect(waited).toMatchObject({ kind: 'timedOut', state: { status: 'IN_PROGRESS' } });
		expect(host.now()).toBe(60_000);
		expect(host.requests.at(-1)?.at).toBe(60_000);
	});

	test('without a limit it waits for days', async () => {
		const day = 86_400_000;
		const host = virtualHost(endingAt(day / 24));
		await expect(wait(host, Infinity)).resolves.toMatchObject({ kind: 'ended' });
	});

	test('an API that is away for a minute loses nothing', async () => {
		const host = virtualHost((request, self) =>
			self.now() > 10_000 && self.now() < 70_000
				? fault('ECONNREFUSED', 'no')
				: endingAt(20_000)(request, self),
		);
		const waited = await wait(host);
		expect(waited).toMatchObject({ kind: 'ended' });
		expect(host.now()).toBeLessThan(101_000);
	});

	test('an API that is away until the limit is a time-out, not a failure: the job may be well', async () => {
		const host = virtualHost(() => json(503, ''));
		const waited = await wait(host, 30_000);
		expect(waited).toMatchObject({ kind: 'timedOut', state: undefined });
		expect(host.now()).toBeLessThanOrEqual(30_000);
	});

	test('the last look is at the limit, also when the API was away until just before', async () => {
		for (const seed of [1, 2, 3, 4, 5]) {
			const host = virtualHost(
				(_request, self) =>
					self.now() < 59_900 ? json(503, '') : state('COMPLETED', { text: 'done' }),
				seededRandom(seed),
			);
			await expect(wait(host, 60_000)).resolves.toMatchObject({ kind: 'ended' });
			expect(host.now()).toBeLessThanOrEqual(60_000);
		}
	});

	test('an API that wants to be left alone beyond the limit is not asked again', async () => {
		const host = virtualHost(() => json(429, '', { 'retry-after': '100' }));
		await expect(wait(host, 60_000)).resolves.toMatchObject({ kind: 'timedOut' });
		expect(host.requests).toHaveLength(1);
		expect(host.now()).toBeLessThan(60_000);
	});

	test('without a limit it gives up an API that is away for a quarter of an hour', async () => {
		const host = virtualHost(() => fault('ECONNRESET', 'maybe'));
		await expect(wait(host, Infinity)).rejects.toMatchObject({
			details: { processId: 'p', retryable: false },
		});
		expect(host.now()).toBeLessThan(16 * 60_000);
	});

	test('with a limit it waits out even a long absence', async () => {
		const host = virtualHost((request, self) =>
			self.now() < 20 * 60_000 ? fault('ECONNREFUSED', 'no') : endingAt(60_000)(request, self),
		);
		await expect(wait(host, 3_600_000)).resolves.toMatchObject({ kind: 'ended' });
	});

	test('a job that is not known yet just after it was accepted is looked at again', async () => {
		const early = virtualHost((request, self) =>
			self.now() < 5_000 ? json(404, { message: 'Not found' }) : endingAt(6_000)(request, self),
		);
		await expect(wait(early)).resolves.toMatchObject({ kind: 'ended' });
		const never = virtualHost(() => json(404, { message: 'Not found' }));
		await expect(wait(never)).rejects.toMatchObject({ details: { status: 404, processId: 'p' } });
		expect(never.now()).toBeLessThan(36_000);
		const old = virtualHost(() => json(404, { message: 'Not found' }));
		await expect(wait(old, 600_000, { lookAtOnce: true })).rejects.toThrow('does not know');
		expect(old.requests).toHaveLength(1);
	});

	test('a job surely ran when it was asked, not when the answer was there', async () => {
		const host = virtualHost(async (request, self) => {
			await self.sleep(400, self.signal);
			return endingAt(4_000)(request, self);
		});
		const asked: unknown[] = [];
		const told: unknown[] = [];
		const flight = {
			pauseMs: (age: number, _random: number, ran?: number) => asked.push([age, ran]) && 1_000,
			onNews: () => () => undefined,
			over: (sighting?: object) => told.push(sighting),
		};
		await wait(host, 600_000, { flight });
		expect(asked).toEqual([
			[0, 0],
			[1_400, 1_000],
			[2_800, 2_400],
		]);
		expect(told[0]).toEqual({ lastRunningMs: 2_400, firstDoneMs: 4_200 });
	});

	test('an answer that asks for patience gets it', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 60_000
				? json(200, { process_id: 'p', status: 'IN_PROGRESS' }, { 'retry-after': '30' })
				: state('COMPLETED', { text: 'x' }),
		);
		await wait(host);
		expect(host.requests.map(({ at }) => Math.round(at / 1_000))).toEqual([2, 32, 62]);
	});

	test('a refusal ends it, with the process id', async () => {
		const host = virtualHost((_request, { requests }) =>
			requests.length < 2 ? state('IN_QUEUE') : json(401, { message: 'Unauthorised' }),
		);
		const error = await wait(host).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(MonsterApiError);
		expect(error).toMatchObject({
			details: { processId: 'p', jobStatus: 'IN_QUEUE', status: 401 },
		});
	});

	test('stop ends it at once and no further look leaves', async () => {
		const host = virtualHost(() => state('IN_PROGRESS'));
		host.at(12_345, () => host.stop());
		await expect(wait(host)).rejects.toMatchObject({ name: 'StoppedError' });
		expect(host.now()).toBe(12_345);
		expect(host.requests.every(({ at }) => at <= 12_345)).toBe(true);
		expect(host.pending()).toBe(0);
	});
});

describe('the schedule', () => {
	test('of the user has a jitter of a tenth to both sides', () => {
		expect(fixedSchedule(2_000).pauseMs(99_000, 0)).toBe(1_800);
		expect(fixedSchedule(2_000).pauseMs(99_000, 0.5)).toBe(2_000);
		expect(fixedSchedule(2_000).pauseMs(99_000, 1)).toBe(2_200);
	});

	/** Mean lateness and looks of 400 jobs spread over a band, in a simulation through the whole waiting core. */
	const simulate = async (from: number, to: number) => {
		const ends = Array.from(
			{ length: 400 },
			(_unused, index) => from + ((to - from) * index) / 399,
		);
		let late = 0;
		let looks = 0;
		for (const [index, end] of ends.entries()) {
			const host = virtualHost(endingAt(end), seededRandom(index + 1));
			await wait(host, Infinity);
			late += host.now() - end;
			looks += host.requests.length;
		}
		return { late: late / ends.length, looks: looks / ends.length };
	};

	test.each([
		[1_000, 5_000, 520, 3.2],
		[5_000, 20_000, 1_250, 12],
		[20_000, 60_000, 4_000, 25],
		[60_000, 300_000, 18_000, 54],
	])(
		'jobs of %i to %i ms are found %i ms late at most, with %f looks',
		async (from, to, late, looks) => {
			const measured = await simulate(from, to);
			expect(measured.late).toBeLessThanOrEqual(late);
			expect(measured.looks).toBeLessThanOrEqual(looks);
		},
	);

	test('learns: jobs of one kind are looked at about when they end', async () => {
		const experience = createDurationStats();
		const job = { model: 'sdxl-base', inputs: { steps: 30 } };
		const random = seededRandom(11);
		const measured: Array<{ late: number; looks: number }> = [];
		for (let index = 0; index < 60; index++) {
			const end = 30_000 * (0.85 + 0.3 * random());
			const host = virtualHost(endingAt(end), seededRandom(index));
			await wait(host, Infinity, { flight: experience.trackJob(job, 'balanced') });
			measured.push({ late: host.now() - end, looks: host.requests.length });
		}
		const mean = (key: 'late' | 'looks', list: typeof measured) =>
			list.reduce((sum, one) => sum + one[key], 0) / list.length;
		expect(measured[0]?.looks).toBeGreaterThan(12);
		expect(mean('looks', measured.slice(10))).toBeLessThan(8);
		expect(mean('late', measured.slice(10))).toBeLessThan(650);
		const kept: unknown = JSON.parse(JSON.stringify(experience.snapshotIfChanged(undefined)));
		const host = virtualHost(endingAt(30_000));
		await wait(host, Infinity, { flight: createDurationStats(kept).trackJob(job, 'balanced') });
		expect(host.requests.length).toBeLessThan(9);
	});

	test('does not learn from failures: a refusal comes quickly, whatever the model', async () => {
		const experience = createDurationStats();
		const job = { model: 'sdxl-base', inputs: {} };
		const host = virtualHost(endingAt(3_000, state('FAILED', { errorMessage: 'no' })));
		const options = { flight: experience.trackJob(job, 'balanced') };
		await expect(wait(host, Infinity, options)).resolves.toMatchObject({ kind: 'ended' });
		expect(experience.snapshotIfChanged(undefined)).toBeUndefined();
	});
});
