import { createScheduler, type QueuedRequest } from '../../../nodes/core/http/scheduler';
import {
	download,
	idleHost,
	never,
	poll,
	submission,
	upload,
} from '../../support/fakes/request-recorder.cjs';

/** Requests that count how often one of them is looked at. */
function counted(request: QueuedRequest, signal = never) {
	const seen = { reads: 0 };
	const make = (): QueuedRequest => ({
		...request,
		signal,
		get rateLimited() {
			seen.reads += 1;
			return request.rateLimited;
		},
	});
	return { seen, make };
}

test('what waits for a rate or for the API to be back is not gone through again and again', async () => {
	for (const kind of ['rateLimited', 'down'] as const) {
		const host = idleHost();
		const scheduler = createScheduler(host);
		const slot = await scheduler.acquire(submission);
		await host.run(host.sleep(10, never));
		slot?.report({ kind, retryAfterMs: 5_000 });
		slot?.release();
		const stop = new AbortController();
		const { seen, make } = counted({ ...submission, deadline: 600_000 }, stop.signal);
		const all = Array.from({ length: 1_000 }, async () => await scheduler.acquire(make()));
		// Others come and go meanwhile.
		for (let index = 0; index < 100; index++) (await scheduler.acquire(download))?.release();
		stop.abort();
		const settled = await Promise.allSettled(all);
		expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
		expect(seen.reads).toBeLessThan(1_000 * 10);
		expect(host.pending()).toBe(0);
	}
});

test('many that are cancelled together are gone through once', async () => {
	const host = idleHost();
	let readings = 0;
	const now = () => {
		readings += 1;
		return host.now();
	};
	const scheduler = createScheduler({ ...host, now });
	(await scheduler.acquire(poll))?.report({ kind: 'rateLimited', retryAfterMs: 5_000 });
	const stop = new AbortController();
	const request = { ...poll, signal: stop.signal };
	const all = Array.from({ length: 100 }, async () => await scheduler.acquire(request));
	// They do wait.
	expect(host.pending()).toBe(1);
	readings = 0;
	stop.abort();
	expect(readings).toBe(1);
	await Promise.allSettled(all);
});

test('a scarce rate is shared between files and other submissions', async () => {
	const host = idleHost();
	const scheduler = createScheduler(host);
	const slot = await scheduler.acquire(poll);
	slot?.report({ kind: 'rateLimited', retryAfterMs: 1_000 });
	slot?.release();
	const started: string[] = [];
	const send = async (request: QueuedRequest): Promise<void> => {
		const own = await scheduler.acquire(request);
		started.push(request.pool);
		await host.sleep(50, never);
		own?.release();
	};
	const requests = [submission, upload].flatMap((one) => Array.from({ length: 5 }, () => one));
	await host.run(Promise.all(requests.map(send)));
	expect(started.slice(0, 4).sort()).toEqual(['request', 'request', 'transfer', 'transfer']);
});

test('an early wake-up of the timer costs no request its turn', async () => {
	const host = idleHost();
	const sleeps: number[] = [];
	const scheduler = createScheduler({
		...host,
		now: host.now,
		sleep: async (ms, signal) => {
			sleeps.push(ms);
			await host.sleep(Math.max(0.25, ms - 1), signal);
		},
	});
	const slot = await scheduler.acquire(poll);
	slot?.report({ kind: 'rateLimited', retryAfterMs: 1_000 });
	slot?.release();
	await expect(host.run(scheduler.acquire(poll))).resolves.toBeDefined();
	expect(host.now()).toBeGreaterThanOrEqual(1_000);
	expect(sleeps.length).toBeLessThan(8);
});
