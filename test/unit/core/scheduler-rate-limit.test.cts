import { CancelledError } from '../../../nodes/core/host';
import type { Outcome, QueuedRequest } from '../../../nodes/core/http/scheduler';
import {
	download,
	idleHost,
	poll,
	recorder,
	submission,
	upload,
} from '../../support/fakes/request-recorder.cjs';

describe('after a 429', () => {
	/** A scheduler that has sent 20 requests and met a 429 that asks for a pause of five seconds. */
	async function paused() {
		const made = recorder();
		for (let index = 0; index < 20; index++) {
			const slot = await made.scheduler.acquire(poll);
			if (index === 19) slot?.report({ kind: 'rateLimited', retryAfterMs: 5_000 });
			slot?.release();
		}
		return made;
	}

	test('all wait as long as requested, with one timer, and none overtakes another', async () => {
		const { host, started, queue } = await paused();
		const waiting = ['a', 'b', 'c'].map(async (name) => await queue(name, poll));
		// Comes at the very moment at which the pause ends.
		host.at(5_000, () => waiting.push(queue('d', poll)));
		await new Promise((resolve) => setImmediate(resolve));
		// The timer, and the arrival above.
		expect(host.pending()).toBe(2);
		await host.run(Promise.all(waiting));
		await host.run(Promise.all(waiting));
		expect(host.now()).toBeGreaterThanOrEqual(5_000);
		expect(started).toEqual(['a', 'b', 'c', 'd']);
		expect(host.pending()).toBe(0);
	});

	test('storage transfers and uncancellable requests continue', async () => {
		const { started, queue, turn } = await paused();
		void queue('download', download);
		void queue('termination', { ...poll, rateLimited: false });
		await turn();
		expect(started).toEqual(['download', 'termination']);
	});

	test('a submission waits until no poll does, whatever the pool', async () => {
		const { host, started, queue } = await paused();
		const all = [queue('upload', upload), queue('submission', submission), queue('poll', poll)];
		await host.run(Promise.all(all));
		// Then the pools take turns.
		expect(started).toEqual(['poll', 'upload', 'submission']);
	});

	test('a request that could only start too late is rejected at once, and delays no other', async () => {
		const { host, started, tooLate, queue } = await paused();
		const waiting = [
			queue('in time', { ...poll, deadline: 60_000 }),
			queue('too late', { ...poll, deadline: 4_999 }),
			queue('submission too late', { ...submission, deadline: 4_999 }),
		];
		await Promise.all(waiting.slice(1));
		expect(host.now()).toBe(0);
		await host.run(Promise.all(waiting));
		expect(started).toEqual(['in time']);
		expect(tooLate).toEqual(['too late', 'submission too late']);
	});

	test('a longer pause applies to queued requests at once', async () => {
		const { host, tooLate, queue, scheduler, turn } = recorder();
		const [first, second] = await Promise.all([scheduler.acquire(poll), scheduler.acquire(poll)]);
		first?.report({ kind: 'rateLimited', retryAfterMs: 1_000 });
		void queue('waits', { ...submission, deadline: 10_000 });
		await turn();
		expect(tooLate).toEqual([]);
		second?.report({ kind: 'rateLimited', retryAfterMs: 60_000 });
		second?.release();
		await turn();
		expect(tooLate).toEqual(['waits']);
		expect(host.now()).toBe(0);
	});

	test('all start with the pause that the clock shows, whenever the 429 came', async () => {
		const { host, scheduler, pass } = recorder();
		await pass(7_000);
		const slot = await scheduler.acquire(poll);
		expect(slot?.startedAt).toBe(7_000);
		slot?.report({ kind: 'rateLimited', retryAfterMs: 3_000 });
		const next = await host.run(scheduler.acquire(poll));
		expect(next?.startedAt).toBe(10_000);
		expect(host.now()).toBe(10_000);
	});

	test('a transfer of storage takes nothing from the rate', async () => {
		const { host, queue } = await paused();
		host.at(4_999, () => void queue('download', download));
		await host.run(queue('poll', poll));
		expect(host.now()).toBe(5_000);
	});

	test('what has no rate limit passes what waits, and does not give up at its deadline', async () => {
		const { started, tooLate, queue, turn } = await paused();
		void queue('poll', poll);
		void queue('termination', { ...poll, rateLimited: false, deadline: 1_000 });
		await turn();
		expect(started).toEqual(['termination']);
		expect(tooLate).toEqual([]);
	});

	test('no timer is left for what was given up', async () => {
		const { host, tooLate, queue } = await paused();
		await queue('too late', { ...poll, deadline: 4_999 });
		expect(tooLate).toEqual(['too late']);
		expect(host.pending()).toBe(0);
	});

	test('no timer is left once the last waiting request was cancelled', async () => {
		const { host, scheduler, queue } = await paused();
		const stop = new AbortController();
		const stopped = scheduler.acquire({ ...poll, signal: stop.signal });
		expect(host.pending()).toBe(1);
		stop.abort();
		await expect(stopped).rejects.toBeInstanceOf(CancelledError);
		expect(host.pending()).toBe(0);
		// The next one gets its timer.
		await host.run(queue('poll', poll));
		expect(host.now()).toBe(5_000);
	});

	test('a submission need not wait for the end of the polls before it', async () => {
		const { host, started, queue } = await paused();
		await host.run(Promise.all([queue('submission', submission), queue('poll', poll)]));
		expect(started).toEqual(['poll', 'submission']);
		// As the rate allows: 14 a second, grown for five seconds.
		expect(host.now()).toBeCloseTo(5_000 + 1_000 / (14 * 1.05 ** 5), 6);
	});

	test('files and other submissions take turns', async () => {
		const { host, started, queue } = await paused();
		const all = ['submission', 'upload'].flatMap((name) =>
			[1, 2, 3].map((index) => queue(`${name} ${index}`, name === 'upload' ? upload : submission)),
		);
		await host.run(Promise.all(all));
		expect(started).toEqual([
			'upload 1',
			'submission 1',
			'upload 2',
			'submission 2',
			'upload 3',
			'submission 3',
		]);
	});
});

test('many that wait for the same moment cost one timer', async () => {
	const host = idleHost();
	const sleeps: number[] = [];
	const counting = {
		...host,
		sleep: async (ms: number, signal: AbortSignal) => {
			sleeps.push(ms);
			await host.sleep(ms, signal);
		},
	};
	const { scheduler, queue } = recorder(counting);
	(await scheduler.acquire(poll))?.report({ kind: 'rateLimited', retryAfterMs: 5_000 });
	for (let index = 0; index < 50; index++) void queue(`${index}`, poll);
	expect(sleeps).toEqual([5_000]);
});

describe('while requests are scarce, but no pause is on', () => {
	/** All slots for requests are taken, and the last 429 is two seconds ago. */
	async function scarce() {
		const made = recorder();
		const busy = await made.fill(poll, 10);
		made.slots.get('busy 0')?.report({ kind: 'rateLimited', retryAfterMs: 250 });
		await made.pass(2_000);
		return { ...made, busy };
	}

	test.each(['normal', 'retry'] as const)(
		'an upload waits for a %s poll that has no slot, if the API limits both',
		async (priority) => {
			const { started, queue, end, pass, turn } = await scarce();
			void queue('poll', { ...poll, priority });
			void queue('upload', upload);
			await turn();
			expect(started).toEqual([]);
			await end('busy 1');
			expect(started).toEqual(['poll']);
			await end('busy 2');
			await pass(1_000);
			expect(started).toEqual(['poll', 'upload']);
		},
	);

	test('an upload does not wait for what has no rate limit', async () => {
		const { started, queue, turn } = await scarce();
		void queue('termination', { ...poll, rateLimited: false });
		void queue('upload', upload);
		await turn();
		expect(started).toEqual(['upload']);
	});

	test('an upload starts once the poll before it was cancelled', async () => {
		const { scheduler, started, queue, turn } = await scarce();
		const stop = new AbortController();
		const stopped = scheduler.acquire({ ...poll, signal: stop.signal });
		void queue('upload', upload);
		await turn();
		expect(started).toEqual([]);
		stop.abort();
		await expect(stopped).rejects.toBeInstanceOf(CancelledError);
		await turn();
		expect(started).toEqual(['upload']);
	});

	test('what is cancelled together with the poll before it does not start', async () => {
		const { scheduler, started, queue, turn } = await scarce();
		const stop = new AbortController();
		const both = [poll, upload].map((one) => scheduler.acquire({ ...one, signal: stop.signal }));
		await turn();
		stop.abort();
		const settled = await Promise.allSettled(both);
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		// It took no slot, nor its share of the rate.
		void queue('upload', upload);
		await turn();
		expect(started).toEqual(['upload']);
	});

	test('a submission that has no slot before its deadline fails unbilled', async () => {
		const { started, tooLate, queue, end, pass } = await scarce();
		void queue('submission', { ...submission, deadline: 3_000 });
		await pass(1_000);
		await end('busy 1');
		expect(started).toEqual(['submission']);
		void queue('another', { ...submission, deadline: 3_999 });
		await pass(1_000);
		await end('busy 2');
		expect(tooLate).toEqual(['another']);
	});

	test('a poll may start after its deadline', async () => {
		const { started, tooLate, queue, end, pass } = await scarce();
		void queue('poll', { ...poll, deadline: 3_000 });
		await pass(2_000);
		await end('busy 1');
		expect(started).toEqual(['poll']);
		expect(tooLate).toEqual([]);
	});
});

test('while requests are not scarce, an upload does not wait for polls', async () => {
	const { started, queue, fill, turn } = recorder();
	await fill(poll, 10);
	void queue('poll', poll);
	void queue('upload', upload);
	await turn();
	expect(started).toEqual(['upload']);
});

test('storage that refuses by rate pauses nothing', async () => {
	const { scheduler, started, queue, turn } = recorder();
	(await scheduler.acquire(download))?.report({ kind: 'rateLimited', retryAfterMs: 5_000 });
	void queue('poll', poll);
	await turn();
	expect(started).toEqual(['poll']);
});

test('the pauses grow with each 429, until the API answers a request well', async () => {
	const { host, scheduler, pass } = recorder(idleHost(1));
	/** A request that starts as soon as it may, and ends at once. */
	const send = async (request: QueuedRequest, outcome: Outcome): Promise<void> => {
		const slot = await host.run(scheduler.acquire(request));
		slot?.report(outcome);
		slot?.release();
	};
	/** @returns how long the next request waits after a 429 */
	const refuse = async (): Promise<number> => {
		await send(poll, { kind: 'rateLimited' });
		const refusedAt = host.now();
		// Neither a refusal for another reason nor storage shows that the rate is right.
		await send(download, { kind: 'ok' });
		await send(poll, { kind: 'answered' });
		const waitedMs = host.now() - refusedAt;
		await pass(1);
		return waitedMs;
	};
	for (const _ of [1, 2, 3]) await refuse();
	expect(await refuse()).toBe(8_000);
	expect(await refuse()).toBe(16_000);
	await send(poll, { kind: 'ok' });
	// Now the rate alone decides: at least one request in five seconds.
	expect(await refuse()).toBeLessThanOrEqual(5_000);
});
