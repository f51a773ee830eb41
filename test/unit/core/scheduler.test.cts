import { CancelledError } from '../../../nodes/core/host';
import { createScheduler, type QueuedRequest, type Slot } from '../../../nodes/core/http/scheduler';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const never = new AbortController().signal;
const idle = () => virtualHost(() => json(200, {}));

const poll: QueuedRequest = {
	pool: 'request',
	priority: 'normal',
	rateLimited: true,
	billed: false,
	deadline: Infinity,
	signal: never,
};
const submission: QueuedRequest = { ...poll, priority: 'submit', billed: true };
const download: QueuedRequest = { ...poll, pool: 'transfer', rateLimited: false };

/** Queues named requests, and notes in which order and when they start. */
function recorder(host = idle()) {
	const scheduler = createScheduler(host);
	const started: string[] = [];
	const slots = new Map<string, Slot>();
	const tooLate: string[] = [];
	const queue = async (name: string, request: QueuedRequest): Promise<void> => {
		const slot = await scheduler.acquire(request);
		if (slot === undefined) {
			tooLate.push(name);
			return;
		}
		started.push(name);
		slots.set(name, slot);
	};
	const turn = async () => await new Promise((resolve) => setImmediate(resolve));
	/** Ends a request and lets the next ones start. */
	const end = async (name: string): Promise<void> => {
		slots.get(name)?.release();
		await turn();
	};
	/** Takes all slots of a pool. */
	const fill = async (request: QueuedRequest, count: number): Promise<string[]> => {
		const names = Array.from({ length: count }, (_none, index) => `busy ${index}`);
		await Promise.all(names.map(async (name) => await queue(name, request)));
		started.length = 0;
		return names;
	};
	return { host, scheduler, started, slots, tooLate, queue, end, fill, turn };
}

test('ten requests and four transfers run at the same time, the others in order of arrival', async () => {
	const { started, queue, end, turn } = recorder();
	for (let index = 0; index < 12; index++) void queue(`poll ${index}`, poll);
	for (let index = 0; index < 6; index++) void queue(`download ${index}`, download);
	await turn();
	expect(started.filter((name) => name.startsWith('poll'))).toHaveLength(10);
	expect(started.filter((name) => name.startsWith('download'))).toHaveLength(4);
	await end('poll 3');
	await end('download 0');
	expect(started.slice(14)).toEqual(['poll 10', 'download 4']);
});

test('a retry goes before a submission, and that before polls', async () => {
	const { started, queue, end, fill } = recorder();
	const busy = await fill(poll, 10);
	void queue('poll', poll);
	void queue('submission', submission);
	void queue('retry', { ...poll, priority: 'retry' });
	void queue('second submission', submission);
	for (const name of busy.slice(0, 4)) await end(name);
	expect(started).toEqual(['retry', 'submission', 'second submission', 'poll']);
});

test('a clock that advances between two readings delays nothing', async () => {
	const host = idle();
	let time = 1_700_000_000_000;
	const { queue, started } = recorder(Object.assign(host, { now: () => (time += 0.01) }));
	await Promise.all([queue('poll', poll), queue('submission', submission)]);
	expect(started).toEqual(['poll', 'submission']);
	expect(host.pending()).toBe(0);
});

test('no timer is set while only slots are missing', async () => {
	const { host, queue, turn } = recorder();
	for (let index = 0; index < 100; index++) void queue(`poll ${index}`, poll);
	await turn();
	expect(host.pending()).toBe(0);
	expect(host.now()).toBe(0);
});

test('a request whose signal fires leaves the queue, and takes no slot', async () => {
	const { scheduler, started, queue, end, fill } = recorder();
	const busy = await fill(poll, 10);
	const stop = new AbortController();
	const stopped = scheduler.acquire({ ...poll, signal: stop.signal });
	void queue('waits', poll);
	stop.abort();
	await expect(stopped).rejects.toBeInstanceOf(CancelledError);
	await expect(scheduler.acquire({ ...poll, signal: stop.signal })).rejects.toBeInstanceOf(
		CancelledError,
	);
	await end(busy[0] ?? '');
	expect(started).toEqual(['waits']);
});

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
		const upload: QueuedRequest = { ...submission, pool: 'transfer', priority: 'normal' };
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
});

test('a submission may start after its deadline; while requests are scarce it fails unbilled', async () => {
	const host = idle();
	const { scheduler, started, tooLate, queue, end, fill, slots } = recorder(host);
	const busy = await fill(poll, 10);
	void queue('late, but others are not waiting for requests', { ...submission, deadline: 1_000 });
	void queue('late while throttled', { ...submission, deadline: 1_000 });
	await host.run(host.sleep(2_000, never));
	await end(busy[0] ?? '');
	expect(started).toHaveLength(1);
	slots.get(busy[1] ?? '')?.report({ kind: 'rateLimited', retryAfterMs: 250 });
	await end(busy[1] ?? '');
	expect(tooLate).toEqual(['late while throttled']);
	expect(scheduler).toBeDefined();
});

test('a long queue is not searched for expired requests each time', async () => {
	let read = 0;
	const { started, queue, end, fill } = recorder();
	const busy = await fill(poll, 10);
	for (let index = 0; index < 400; index++) {
		void queue(`${index}`, {
			...submission,
			get deadline() {
				read += 1;
				return 600_000;
			},
		});
	}
	read = 0;
	for (const name of busy) await end(name);
	for (let index = 0; index < 390; index++) await end(started[index] ?? '');
	expect(started).toHaveLength(400);
	expect(read).toBeLessThan(400 * 10);
});

describe('while the API is down', () => {
	/** A scheduler whose first submission has failed. The first pause of the circuit is 250 ms. */
	async function down(retryAfterMs?: number) {
		const made = recorder(
			virtualHost(
				() => json(200, {}),
				() => 0,
			),
		);
		const slot = await made.scheduler.acquire(submission);
		await made.host.run(made.host.sleep(10, never));
		slot?.report({ kind: 'down', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
		slot?.release();
		return made;
	}

	test('one submission probes, the others follow once it is accepted; polls are not affected', async () => {
		const { host, started, queue, slots, end, turn } = await down();
		const first = queue('first', submission);
		void queue('second', submission);
		void queue('third', submission);
		void queue('poll', poll);
		await turn();
		expect(started).toEqual(['poll']);
		await host.run(first);
		await turn();
		expect(host.now()).toBe(260);
		expect(started).toEqual(['poll', 'first']);
		await host.run(host.sleep(10, never));
		slots.get('first')?.report({ kind: 'answered' });
		await end('first');
		expect(started).toEqual(['poll', 'first', 'second', 'third']);
	});

	test('after an inconclusive probe the next one probes', async () => {
		const { host, started, queue, end } = await down();
		void queue('second', submission);
		await host.run(queue('first', { ...submission, priority: 'retry' }));
		expect(started).toEqual(['first']);
		await end('first');
		expect(started).toEqual(['first', 'second']);
	});

	test('a submission starts at its own deadline, and after two minutes in any case', async () => {
		const { host, started, queue } = await down(600_000);
		await host.run(queue('own deadline', { ...submission, deadline: 5_000 }));
		expect(host.now()).toBe(5_000);
		await host.run(queue('two minutes', submission));
		expect(host.now()).toBe(120_010);
		expect(started).toEqual(['own deadline', 'two minutes']);
	});
});
