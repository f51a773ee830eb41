import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import type { HttpResult } from '../../../nodes/core/host';
import { createDurationStats, type TrackedJob } from '../../../nodes/core/polling/durationStats';
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
	test('a last poll that meets a 429 ends the wait at once: a retry would come too late', async () => {
		const host = virtualHost((_request, self) =>
			self.now() < 10_000
				? state('IN_PROGRESS')
				: json(429, { message: 'Quota Exceeded' }, { 'retry-after': '3' }),
		);
		const waited = await wait(host, 10_000);
		expect(waited).toMatchObject({ kind: 'timedOut', rateLimited: true });
		expect(host.now()).toBe(10_000);
	});

	test('a job of ten minutes is found soon enough', async () => {
		const host = virtualHost(endingAt(590_000));
		const waited = await wait(host);
		expect(waited).toMatchObject({ kind: 'ended', state: { phase: 'completed' } });
		expect(host.now()).toBeGreaterThanOrEqual(590_000);
		// A tenth of its time and a second: the promise for a job of which nothing is known.
		expect(host.now()).toBeLessThanOrEqual(590_000 * 1.1 + 1_000);
	});

	test('the first poll is after some two seconds, never at once', async () => {
		const host = virtualHost(endingAt(0));
		await wait(host);
		expect(host.requests).toHaveLength(1);
		expect(host.requests[0]?.at).toBeGreaterThanOrEqual(1_500);
		expect(host.requests[0]?.at).toBeLessThanOrEqual(2_000);
	});

	test('a job of an earlier execution is polled at once', async () => {
		const host = virtualHost(endingAt(0));
		await wait(host, 600_000, { immediate: true });
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

	test('a failure ends it, with the API’s message', async () => {
		const host = virtualHost(
			endingAt(2_000, state('FAILED', { errorMessage: 'CUDA out of memory' })),
		);
		await expect(wait(host)).resolves.toMatchObject({
			state: { phase: 'failed', failure: 'CUDA out of memory' },
		});
	});

	test('a finished job whose result is not written yet is polled again, but not for ever', async () => {
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

	test('it times out at the limit, with the last poll there', async () => {
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

	test('an outage of a minute loses nothing', async () => {
		const host = virtualHost((request, self) =>
			self.now() > 10_000 && self.now() < 70_000
				? fault('ECONNREFUSED', 'no')
				: endingAt(20_000)(request, self),
		);
		const waited = await wait(host);
		expect(waited).toMatchObject({ kind: 'ended' });
		expect(host.now()).toBeLessThan(101_000);
	});

	test('an outage until the limit is a timeout, not a failure: the job may be fine', async () => {
		const host = virtualHost(() => json(503, ''));
		const waited = await wait(host, 30_000);
		expect(waited).toMatchObject({ kind: 'timedOut', state: undefined });
		expect(host.now()).toBeLessThanOrEqual(30_000);
	});

	test('the last poll is at the limit, even if the API was down until just before', async () => {
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

	test('after a Retry-After beyond the limit there is no further poll', async () => {
		const host = virtualHost(() => json(429, '', { 'retry-after': '100' }));
		await expect(wait(host, 60_000)).resolves.toMatchObject({ kind: 'timedOut' });
		expect(host.requests).toHaveLength(1);
		expect(host.now()).toBeLessThan(60_000);
	});

	test('without a limit it gives up after an outage of a quarter of an hour', async () => {
		const host = virtualHost(() => fault('ECONNRESET', 'maybe'));
		await expect(wait(host, Infinity)).rejects.toMatchObject({
			details: { processId: 'p', retryable: false },
		});
		expect(host.now()).toBeLessThan(16 * 60_000);
	});

	test('with a limit it waits out even a long outage', async () => {
		const host = virtualHost((request, self) =>
			self.now() < 20 * 60_000 ? fault('ECONNREFUSED', 'no') : endingAt(60_000)(request, self),
		);
		await expect(wait(host, 3_600_000)).resolves.toMatchObject({ kind: 'ended' });
	});

	test('a job that is not known yet just after it was accepted is polled again', async () => {
		const early = virtualHost((request, self) =>
			self.now() < 5_000 ? json(404, { message: 'Not found' }) : endingAt(6_000)(request, self),
		);
		await expect(wait(early)).resolves.toMatchObject({ kind: 'ended' });
		const never = virtualHost(() => json(404, { message: 'Not found' }));
		await expect(wait(never)).rejects.toMatchObject({ details: { status: 404, processId: 'p' } });
		expect(never.now()).toBeLessThan(36_000);
		const old = virtualHost(() => json(404, { message: 'Not found' }));
		await expect(wait(old, 600_000, { immediate: true })).rejects.toThrow('does not know');
		expect(old.requests).toHaveLength(1);
	});

	test('a job counts as running until the poll was sent, not until its answer came', async () => {
		const host = virtualHost(async (request, self) => {
			await self.sleep(400, self.signal);
			return endingAt(4_000)(request, self);
		});
		const ages: number[] = [];
		const observations: unknown[] = [];
		const trackedJob: TrackedJob = {
			pauseMs: (ageMs) => ages.push(ageMs) && 1_000,
			onReschedule: () => undefined,
			complete: (observation) => observations.push(observation),
		};
		await wait(host, 600_000, { trackedJob });
		expect(ages).toEqual([0, 1_400, 2_800]);
		expect(observations[0]).toEqual({ lastRunningMs: 2_400, firstDoneMs: 4_200 });
	});

	test('a Retry-After is respected', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 60_000
				? json(200, { process_id: 'p', status: 'IN_PROGRESS' }, { 'retry-after': '30' })
				: state('COMPLETED', { text: 'x' }),
		);
		await wait(host);
		expect(host.requests.map(({ at }) => Math.round(at / 1_000))).toEqual([2, 32, 62]);
	});

	test('an error status ends it, with the process ID', async () => {
		const host = virtualHost((_request, { requests }) =>
			requests.length < 2 ? state('IN_QUEUE') : json(401, { message: 'Unauthorised' }),
		);
		const error = await wait(host).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(MonsterApiError);
		expect(error).toMatchObject({
			details: { processId: 'p', jobStatus: 'IN_QUEUE', status: 401 },
		});
	});

	test('a cancellation ends it at once, without a further poll', async () => {
		const host = virtualHost(() => state('IN_PROGRESS'));
		host.at(12_345, () => host.stop());
		await expect(wait(host)).rejects.toMatchObject({ name: 'CancelledError' });
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

	/** Mean lateness and polls of 400 jobs spread over a band, in a simulation through the whole poll loop. */
	const simulate = async (from: number, to: number) => {
		const ends = Array.from(
			{ length: 400 },
			(_unused, index) => from + ((to - from) * index) / 399,
		);
		let late = 0;
		let polls = 0;
		for (const [index, end] of ends.entries()) {
			const host = virtualHost(endingAt(end), seededRandom(index + 1));
			await wait(host, Infinity);
			late += host.now() - end;
			polls += host.requests.length;
		}
		return { late: late / ends.length, polls: polls / ends.length };
	};

	test.each([
		[1_000, 5_000, 520, 3.2],
		[5_000, 20_000, 1_250, 12],
		[20_000, 60_000, 4_000, 25],
		[60_000, 300_000, 18_000, 54],
	])(
		'jobs of %i to %i ms are found %i ms late at most, with %f polls',
		async (from, to, late, polls) => {
			const measured = await simulate(from, to);
			expect(measured.late).toBeLessThanOrEqual(late);
			expect(measured.polls).toBeLessThanOrEqual(polls);
		},
	);

	test('learns: jobs of one kind are polled about when they end', async () => {
		const stats = createDurationStats();
		const random = seededRandom(11);
		const measured: Array<{ late: number; polls: number }> = [];
		for (let index = 0; index < 60; index++) {
			const end = 30_000 * (0.85 + 0.3 * random());
			const host = virtualHost(endingAt(end), seededRandom(index));
			await wait(host, Infinity, { trackedJob: stats.trackJob('m', 'balanced') });
			measured.push({ late: host.now() - end, polls: host.requests.length });
		}
		const mean = (key: 'late' | 'polls', list: typeof measured) =>
			list.reduce((sum, one) => sum + one[key], 0) / list.length;
		expect(measured[0]?.polls).toBeGreaterThan(12);
		expect(mean('polls', measured.slice(10))).toBeLessThan(10);
		expect(mean('late', measured.slice(10))).toBeLessThan(650);
		const kept: unknown = JSON.parse(JSON.stringify(stats.snapshotIfChanged(undefined)));
		const host = virtualHost(endingAt(30_000));
		await wait(host, Infinity, { trackedJob: createDurationStats(kept).trackJob('m', 'balanced') });
		expect(host.requests.length).toBeLessThan(12);
	});

	test('does not learn from failures: they come quickly, whatever the model', async () => {
		const stats = createDurationStats();
		const host = virtualHost(endingAt(3_000, state('FAILED', { errorMessage: 'no' })));
		const options = { trackedJob: stats.trackJob('m', 'balanced') };
		await expect(wait(host, Infinity, options)).resolves.toMatchObject({ kind: 'ended' });
		expect(stats.snapshotIfChanged(undefined)).toBeUndefined();
	});
});
