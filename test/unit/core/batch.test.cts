import { createClient } from '../../../nodes/core/http/client';
import { generate } from '../../../nodes/core/api/generate';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { requireSuccess, submitJob } from '../../../nodes/core/jobs/submit';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import {
	json,
	jsonBody,
	seededRandom,
	virtualHost,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const running = { maxConcurrency: Infinity, stopOnError: false };

/** A service that answers after 50 ms, with jobs of different durations. */
function service(durationOf: (job: number) => number, limit?: { perSecond: number }) {
	const born = new Map<string, number>();
	const taken: number[] = [];
	let open = 0;
	const peaks = { open: 0, inFlight: 0, refused: 0, early: 0 };
	let closedAt = 0;
	let closedUntil = 0;
	const ended = new Set<string>();
	const host: VirtualHost = virtualHost(async (request, self) => {
		peaks.open = Math.max(peaks.open, ++open);
		if (self.now() > closedAt && self.now() < closedUntil) peaks.early += 1;
		await self.sleep(50, self.signal);
		open -= 1;
		if (limit !== undefined) {
			const recent = taken.filter((at) => at > self.now() - 1_000);
			if (recent.length >= limit.perSecond) {
				peaks.refused += 1;
				closedAt = self.now();
				closedUntil = Math.max(closedUntil, self.now() + 1_000);
				return json(429, { message: 'Quota Exceeded' }, { 'retry-after': '1' });
			}
			taken.splice(0, taken.length, ...recent, self.now());
		}
		if (request.method === 'POST') {
			const id = `job-${born.size}`;
			born.set(id, self.now());
			peaks.inFlight = Math.max(peaks.inFlight, born.size - ended.size);
			return json(200, { process_id: id });
		}
		const id = request.url.split('/').pop() ?? '';
		const number = Number(id.split('-')[1]);
		if (self.now() - (born.get(id) ?? 0) < durationOf(number)) {
			return json(200, { process_id: id, status: 'IN_PROGRESS' });
		}
		ended.add(id);
		return json(200, { process_id: id, status: 'COMPLETED', result: { text: id } });
	}, seededRandom(7));
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const run = async (index: number, signal: AbortSignal) => {
		const scoped = client.withSignal(signal);
		const { processId } = await generate(scoped, {
			model: 'm',
			body: () => ({ kind: 'json', value: { index } }),
			carriesFile: false,
			deadline: Infinity,
		});
		const waited = await waitForJob(scoped, processId, { timeoutMs: Infinity });
		return { index, processId, waited };
	};
	return { host, run, peaks, born };
}

test('a thousand jobs run concurrently, in order, within the limits and close to the ideal time', async () => {
	const { host, run, peaks, born } = service((job) => 5_000 + (job % 10) * 1_000);
	const settled = await host.run(runBatch(1_000, { ...running, maxConcurrency: 100, host }, run));
	expect(settled).toHaveLength(1_000);
	settled.forEach((one, index) => {
		expect(one).toMatchObject({ kind: 'done', value: { index } });
	});
	expect(born.size).toBe(1_000);
	expect(peaks.open).toBe(10);
	expect(peaks.inFlight).toBeLessThanOrEqual(100);
	// Ten rounds of 9.5 s on average would be ideal.
	expect(host.now()).toBeLessThan(140_000);
});

test('a rate limit slows a batch down without losing an item', async () => {
	const { host, run, peaks, born } = service(() => 3_000, { perSecond: 8 });
	const settled = await host.run(runBatch(60, { ...running, host }, run));
	expect(settled.every(({ kind }) => kind === 'done')).toBe(true);
	expect(born.size).toBe(60);
	expect(peaks.refused).toBeGreaterThan(0);
	// The rate adapts: few requests meet further 429s.
	expect(peaks.refused / host.requests.length).toBeLessThan(0.2);
	// After a 429 nothing is sent before its Retry-After.
	expect(peaks.early).toBe(0);
});

test('a failure does not affect the others without stopOnError', async () => {
	const host = virtualHost(() => json(200, {}));
	const settled = await host.run(
		runBatch(3, { ...running, host }, async (index) => {
			await host.sleep(100, host.signal);
			if (index === 1) throw new Error('no');
			return index;
		}),
	);
	expect(settled.map(({ kind }) => kind)).toEqual(['done', 'failed', 'done']);
});

test('with stopOnError a failure prevents new tasks and aborts waiting ones', async () => {
	const host = virtualHost(() => json(200, {}));
	const begun: number[] = [];
	const settled = await host.run(
		runBatch(10, { maxConcurrency: 3, stopOnError: true, host }, async (index, signal) => {
			begun.push(index);
			if (index === 1) {
				await host.sleep(100, signal);
				throw new Error('no');
			}
			await host.sleep(60_000, signal);
			return index;
		}),
	);
	expect(begun).toEqual([0, 1, 2]);
	expect(host.now()).toBe(100);
	expect(settled.map(({ kind }) => kind)).toEqual([
		'skipped',
		'failed',
		...Array.from({ length: 8 }, () => 'skipped'),
	]);
});

test('a failure lets billed requests in flight finish, so that their jobs are known', async () => {
	const host = virtualHost(async (request, self) => {
		const index = Number(jsonBody(request)['index']);
		await self.sleep(index === 0 ? 20 : 150, request.signal).catch(() => undefined);
		if (request.signal.aborted) return { kind: 'cancelled' };
		return index === 0 ? json(400, { message: 'no' }) : json(200, { process_id: `job-${index}` });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const known: string[] = [];
	const settled = await host.run(
		runBatch(3, { maxConcurrency: 3, stopOnError: true, host }, async (index, signal) => {
			const scoped = client.withSignal(signal);
			const { processId } = await generate(scoped, {
				model: 'm',
				body: () => ({ kind: 'json', value: { index } }),
				carriesFile: false,
				deadline: Infinity,
			});
			known.push(processId);
			return await waitForJob(scoped, processId, { timeoutMs: Infinity });
		}),
	);
	expect(settled.map(({ kind }) => kind)).toEqual(['failed', 'skipped', 'skipped']);
	expect(known.sort()).toEqual(['job-1', 'job-2']);
});

test('the slot of what fails first goes to no further submission', async () => {
	const host = virtualHost(async (request, self) => {
		if (request.method === 'GET') {
			await self.sleep(10, request.signal);
			return json(200, { process_id: 'job', status: 'FAILED' });
		}
		const { index } = jsonBody(request);
		await self.sleep(index === 1 ? 10 : 150, request.signal);
		return index === 1 ? json(400, {}) : json(200, { process_id: `job-${String(index)}` });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	await host.run(
		runBatch(15, { ...running, stopOnError: true, host }, async (index, signal, validated) => {
			const scoped = client.withSignal(signal, validated);
			if (index > 0) {
				return await submitJob(scoped, { model: 'm', inputs: { index } }, 60_000);
			}
			const waited = await waitForJob(scoped, 'job', { timeoutMs: 60_000, immediate: true });
			if (waited.kind === 'ended') requireSuccess(waited.state);
			return waited;
		}),
	);
	expect(host.requests).toHaveLength(10);
});

test('a cancellation ends the whole batch at once', async () => {
	const { host, run } = service(() => 60_000);
	host.at(5_000, () => host.stop());
	await expect(
		host.run(runBatch(200, { ...running, maxConcurrency: 50, host }, run)),
	).rejects.toMatchObject({ name: 'CancelledError' });
	expect(host.now()).toBe(5_000);
	expect(host.requests.every(({ at }) => at <= 5_000)).toBe(true);
	expect(host.pending()).toBe(0);
});

test.each([false, true])(
	'ten tasks start, then the event loop gets a turn before the next ten (stopOnError: %p)',
	async (stopOnError) => {
		const host = virtualHost(() => json(200, {}));
		const begun: number[] = [];
		const seen: number[] = [];
		// Other work of the process, rescheduled again and again.
		const others = (times: number): void =>
			host.at(0, () => {
				seen.push(begun.length);
				if (times > 1) others(times - 1);
			});
		others(3);
		await host.run(
			runBatch(
				35,
				{ ...running, stopOnError, host },
				async (index) => await Promise.resolve(begun.push(index)),
			),
		);
		expect(seen).toEqual([10, 20, 30]);
		expect(begun).toEqual(Array.from({ length: 35 }, (_none, index) => index));
	},
);

test('with stopOnError nothing is sent before all tasks have started: an invalid form is found in time', async () => {
	const host = virtualHost(() => json(200, { process_id: 'job' }));
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const settled = await host.run(
		runBatch(100, { ...running, stopOnError: true, host }, async (index, signal, formsRead) => {
			if (index === 95) {
				// As late as a form that is read by nested functions.
				for (let turn = 0; turn < 20; turn++) await Promise.resolve();
				throw new Error('The prompt is empty');
			}
			return await generate(client.withSignal(signal, formsRead), {
				model: 'm',
				body: () => ({ kind: 'json', value: { index } }),
				carriesFile: false,
				deadline: Infinity,
			});
		}),
	);
	expect(settled[95]?.kind).toBe('failed');
	expect(host.requests).toEqual([]);
});

test('a cancellation while tasks are still starting skips the rest', async () => {
	const host = virtualHost(() => json(200, {}));
	const begun: number[] = [];
	host.at(0, () => host.stop());
	await expect(
		host.run(
			runBatch(
				1_000,
				{ ...running, host },
				async (index) => await Promise.resolve(begun.push(index)),
			),
		),
	).rejects.toMatchObject({ name: 'CancelledError' });
	expect(begun).toHaveLength(10);
});

test('an empty batch resolves at once', async () => {
	const host = virtualHost(() => json(200, {}));
	await expect(
		runBatch(0, { ...running, host }, async () => await Promise.resolve(1)),
	).resolves.toEqual([]);
});
