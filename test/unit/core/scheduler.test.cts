import { CancelledError } from '../../../nodes/core/host';
import {
	download,
	idleHost,
	never,
	poll,
	recorder,
	submission,
} from '../../support/fakes/request-recorder.cjs';

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
	const host = idleHost();
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

test('a submission may start after its deadline; while requests are scarce it fails unbilled', async () => {
	const host = idleHost();
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
