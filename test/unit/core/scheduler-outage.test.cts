import {
	idleHost,
	never,
	poll,
	recorder,
	submission,
	upload,
} from '../../support/fakes/request-recorder.cjs';

describe('while the API is down', () => {
	/** A scheduler whose first submission has failed. The first pause of the circuit is 250 ms. */
	async function down(retryAfterMs?: number) {
		const made = recorder(idleHost(0));
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

	test('while a probe is under way, the end of other requests lets no second one out', async () => {
		const { host, started, queue, end, pass } = await down();
		void queue('poll', poll);
		await host.run(queue('probe', submission));
		void queue('next', submission);
		await end('poll');
		await pass(60_000);
		expect(started).toEqual(['poll', 'probe']);
		await end('probe');
		expect(started).toEqual(['poll', 'probe', 'next']);
	});

	test('an answer to a poll is no reason to submit', async () => {
		const { host, started, queue, slots, end, pass } = await down();
		await pass(10);
		await queue('poll', poll);
		await pass(10);
		slots.get('poll')?.report({ kind: 'ok' });
		void queue('submission', submission);
		await end('poll');
		expect(started).toEqual(['poll']);
		expect(host.now()).toBe(30);
	});

	test('one that comes later and has less time gets the timer, then the other one', async () => {
		const { host, queue } = await down(600_000);
		const startedAt: Record<string, number> = {};
		const note = async (name: string, deadline: number, pool: typeof submission) => {
			await queue(name, { ...pool, deadline });
			startedAt[name] = host.now();
		};
		await host.run(
			Promise.all([
				note('patient', 50_000, submission),
				note('hurried', 5_000, upload),
				note('middle', 20_000, { ...submission, priority: 'retry' }),
			]),
		);
		expect(startedAt).toEqual({ hurried: 5_000, middle: 20_000, patient: 50_000 });
		expect(host.pending()).toBe(0);
	});
});

test('a poll that meets a fault does not keep submissions back', async () => {
	const { scheduler, started, queue, turn } = recorder();
	const slot = await scheduler.acquire(poll);
	slot?.report({ kind: 'down', retryAfterMs: 5_000 });
	slot?.release();
	void queue('submission', submission);
	await turn();
	expect(started).toEqual(['submission']);
});
