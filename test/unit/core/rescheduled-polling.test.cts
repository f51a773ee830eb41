import { createClient } from '../../../nodes/core/http/client';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { createDurationStats, type TrackedJob } from '../../../nodes/core/polling/durationStats';
import { json, seededRandom, virtualHost } from '../../support/fakes/virtual-host.cjs';

/** A job that ends at a moment of virtual time. */
const setUp = (endMs: number) => {
	const host = virtualHost(
		(_request, { now }) =>
			json(200, {
				process_id: 'p',
				status: now() < endMs ? 'IN_PROGRESS' : 'COMPLETED',
				result: { text: 'x' },
			}),
		seededRandom(5),
	);
	return { host, client: createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] }) };
};

test('a sleep ends earlier when the job is rescheduled', async () => {
	const { host, client } = setUp(0);
	let pause = 60_000;
	let reschedule = () => {};
	const trackedJob: TrackedJob = {
		pauseMs: () => pause,
		onReschedule: (callback) => (reschedule = callback),
		complete: () => undefined,
	};
	host.at(5_000, () => {
		pause = 8_000;
		reschedule();
	});
	await host.run(waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob }));
	expect(host.requests.map(({ at }) => at)).toEqual([8_000]);
	expect(host.pending()).toBe(0);
});

test('the first of many unknown jobs to end reschedules the others', async () => {
	const endMs = 20_000;
	const { host, client } = setUp(endMs);
	const stats = createDurationStats();
	const foundAt = await host.run(
		Promise.all(
			Array.from({ length: 40 }, async () => {
				const trackedJob = stats.trackJob('m', 'balanced');
				await waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob });
				return host.now();
			}),
		),
	);
	// Alone, each would be 1.3 s late.
	const late = foundAt.reduce((sum, at) => sum + at - endMs, 0) / foundAt.length;
	expect(late).toBeLessThan(400);
	expect(host.pending()).toBe(0);
});

test('a cancellation ends a sleep that may be rescheduled', async () => {
	const { host, client } = setUp(60_000);
	const trackedJob = createDurationStats().trackJob('m', 'balanced');
	host.at(12_345, () => host.stop());
	const waiting = host.run(waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob }));
	await expect(waiting).rejects.toThrow('stopped');
	expect(host.now()).toBe(12_345);
	expect(host.pending()).toBe(0);
});

test('a user’s own interval is kept when others of the kind end', async () => {
	const { host, client } = setUp(40_000);
	const stats = createDurationStats();
	const trackedJob = stats.trackJob('m', 'balanced');
	const schedule = { pauseMs: () => 15_000 };
	host.at(20_000, () => {
		stats.trackJob('m', 'balanced').complete({ lastRunningMs: 19_000, firstDoneMs: 20_000 });
	});
	await host.run(waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob, schedule }));
	expect(host.requests.map(({ at }) => at)).toEqual([15_000, 30_000, 45_000]);
	expect(stats.snapshotIfChanged(undefined)).toMatchObject({ m: expect.any(Array) });
});
