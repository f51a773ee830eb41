import { createClient } from '../../../nodes/core/http/client';
import { generate } from '../../../nodes/core/api/generate';
import type { HttpResult } from '../../../nodes/core/host';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import {
	fault,
	json,
	jsonBody,
	seededRandom,
	virtualHost,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const jobMs = 4_000;
const minute = 60_000;

interface Batch {
	readonly items: number;
	readonly maxConcurrency?: number;
	/** Milliseconds from an item's start to the deadline of its submission. */
	readonly timeoutMs?: number;
	/** The error that a submission gets, if any. */
	readonly failure: (item: number, now: number) => HttpResult | undefined;
	/** Whether polls fail as well. */
	readonly pollsFail?: (now: number) => boolean;
	readonly stopAt?: number;
}

let lastHost: VirtualHost | undefined;

/** Runs a batch at a service that answers after 50 ms. */
async function run({ items, maxConcurrency = 100, timeoutMs = 600_000, ...batch }: Batch) {
	const acceptedAt = new Map<string, number>();
	const submitted: Array<{ item: number; at: number }> = [];
	const host = virtualHost(async (request, self) => {
		const at = self.now();
		if (request.method === 'POST') {
			const item = Number(jsonBody(request)['item']);
			submitted.push({ item, at });
			await self.sleep(50, self.signal);
			const failed = batch.failure(item, at);
			if (failed !== undefined) return failed;
			acceptedAt.set(`job-${item}`, at);
			return json(200, { process_id: `job-${item}` });
		}
		await self.sleep(50, self.signal);
		if (batch.pollsFail?.(at) === true) return json(503, { message: 'Down' });
		const id = request.url.split('/').pop() ?? '';
		const status = at - (acceptedAt.get(id) ?? 0) < jobMs ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { process_id: id, status, result: { text: id } });
	}, seededRandom(5));
	lastHost = host;
	if (batch.stopAt !== undefined) host.at(batch.stopAt, () => host.stop());
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const settled = await host.run(
		runBatch(items, { maxConcurrency, stopOnError: false, host }, async (item, signal) => {
			const scoped = client.withSignal(signal);
			const { processId } = await generate(scoped, {
				model: 'm',
				body: () => ({ kind: 'json', value: { item } }),
				carriesFile: false,
				deadline: host.now() + timeoutMs,
			});
			return await waitForJob(scoped, processId, { timeoutMs: Infinity });
		}),
	);
	const lost = settled.flatMap(({ kind }, item) => (kind === 'done' ? [] : [item]));
	return { lost, submitted, endedAt: host.now() };
}

const isDown = (now: number) => now >= 5_000 && now < 5_000 + minute;
const gone = json(503, { message: 'Down' });

test('a minute of 503 during a batch fails the requests under way and a few probes, not the rest', async () => {
	const { lost, submitted, endedAt } = await run({
		items: 400,
		failure: (_item, now) => (isDown(now) ? gone : undefined),
		pollsFail: isDown,
	});
	// Ten were under way together; then one probe at a time, after growing pauses.
	expect(lost.length).toBeLessThanOrEqual(22);
	// Nothing is sent twice.
	expect(submitted).toHaveLength(400);
	const during = submitted.filter(({ at }) => isDown(at)).map(({ at }) => at);
	expect(during.filter((at) => at > 5_000 + 15_000).length).toBeLessThanOrEqual(6);
	// Once the API is back, the first success closes the circuit.
	expect(endedAt).toBeLessThan(5_000 + minute + 60_000);
});

test('the same while only submissions fail', async () => {
	const { lost } = await run({
		items: 400,
		failure: (_item, now) => (isDown(now) ? gone : undefined),
	});
	expect(lost.length).toBeLessThanOrEqual(22);
});

test('a minute without connections fails nothing', async () => {
	const { lost } = await run({
		items: 400,
		failure: (_item, now) => (isDown(now) ? fault('ECONNREFUSED', 'no') : undefined),
	});
	expect(lost).toEqual([]);
});

test('items that always fail with 503 hardly delay the others', async () => {
	const calm = await run({ items: 300, failure: () => undefined });
	const { lost, submitted, endedAt } = await run({
		items: 300,
		failure: (item) => (item % 30 === 7 ? gone : undefined),
	});
	expect(lost).toEqual(Array.from({ length: 10 }, (_none, tenth) => tenth * 30 + 7));
	expect(submitted).toHaveLength(300);
	// At most about a second for each.
	expect(endedAt).toBeLessThan(calm.endedAt + 10 * 1_300);
});

test('an API that accepts nothing is probed for two minutes, then everything fails', async () => {
	const { lost, submitted, endedAt } = await run({ items: 300, failure: () => gone });
	expect(lost).toHaveLength(300);
	expect(submitted).toHaveLength(300);
	expect(endedAt).toBeLessThan(130_000);
});

test.each(['119', '120', '600'])(
	'the same when it always sends Retry-After: %s',
	async (seconds) => {
		const down = json(503, {}, { 'retry-after': seconds });
		const { lost, submitted, endedAt } = await run({ items: 200, failure: () => down });
		expect(lost).toHaveLength(200);
		expect(submitted).toHaveLength(200);
		expect(endedAt).toBeLessThan(130_000);
	},
);

test('rejections are answers: they do not open the circuit', async () => {
	const { lost, endedAt } = await run({
		items: 300,
		failure: (item) => (item % 2 === 0 ? json(400, { message: 'no' }) : undefined),
	});
	expect(lost).toHaveLength(150);
	expect(endedAt).toBeLessThan(30_000);
});

test('no item waits past its own deadline', async () => {
	const { submitted } = await run({
		items: 20,
		maxConcurrency: 20,
		timeoutMs: 10_000,
		failure: () => gone,
	});
	expect(submitted).toHaveLength(20);
	expect(Math.max(...submitted.map(({ at }) => at))).toBeLessThan(11_000);
});

test('an API that fails every other item delays a batch by at most two minutes', async () => {
	const { lost, endedAt } = await run({
		items: 1_000,
		failure: (item) => (item % 2 === 0 ? gone : undefined),
	});
	expect(lost).toHaveLength(500);
	expect(endedAt).toBeLessThan(180_000);
});

test('a later outage gets the full two minutes again', async () => {
	const { lost } = await run({
		items: 2_000,
		maxConcurrency: 20,
		failure: (item, now) =>
			// The first of these use up the two minutes.
			(item < 600 && item % 2 === 0) || (now >= 350_000 && now < 350_000 + minute)
				? gone
				: undefined,
	});
	expect(lost.filter((item) => item >= 600).length).toBeLessThanOrEqual(22);
});

test('what was held back keeps to the rate that the API allows', async () => {
	let taken: number[] = [];
	const { lost, submitted, endedAt } = await run({
		items: 200,
		failure: (_item, now) => {
			if (isDown(now)) return gone;
			taken = taken.filter((at) => at > now - 1_000);
			if (taken.length >= 10) return json(429, {}, { 'retry-after': '1' });
			taken.push(now);
			return undefined;
		},
	});
	expect(lost.length).toBeLessThanOrEqual(22);
	// What gets a 429 is retried, rarely.
	expect(submitted.length).toBeLessThan(200 * 1.3);
	expect(endedAt).toBeLessThan(125_000);
});

test('a cancellation ends the wait of what is held back', async () => {
	const stopped = run({ items: 50, failure: () => gone, stopAt: 20_000 });
	await expect(stopped).rejects.toMatchObject({ name: 'CancelledError' });
	expect(lastHost?.now()).toBe(20_000);
	expect(lastHost?.pending()).toBe(0);
});

test('an API that says how long it is down gets no request until then', async () => {
	const { lost, submitted } = await run({
		items: 400,
		failure: (_item, now) =>
			isDown(now) ? json(503, {}, { 'retry-after': String((65_000 - now) / 1_000) }) : undefined,
		pollsFail: isDown,
	});
	const during = submitted.filter(({ at }) => isDown(at));
	// What was under way together, and nothing after the first answer.
	expect(during.length).toBeGreaterThan(0);
	expect(during.every(({ at }) => at < 5_000 + 1_000)).toBe(true);
	expect(lost).toHaveLength(during.length);
});

test('a Retry-After that is too short causes no more probes', async () => {
	const { lost } = await run({
		items: 400,
		failure: (_item, now) => (isDown(now) ? json(503, {}, { 'retry-after': '1' }) : undefined),
		pollsFail: isDown,
	});
	expect(lost.length).toBeLessThanOrEqual(22);
});
