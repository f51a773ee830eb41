import { createCircuitBreaker } from '../../../nodes/core/http/circuitBreaker';
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

test('opens with a failure, is half-open during a probe, and closes with an answer', () => {
	const clock = { time: 0 };
	const circuit = createCircuitBreaker({ now: () => clock.time, random: () => 0 });
	expect(circuit.state(0, Infinity)).toBe('closed');
	clock.time = 100;
	circuit.recordFailure(50);
	expect(circuit.state(100, Infinity)).toBe('open');
	// A submission whose time is up leaves in any case.
	expect(circuit.state(100, 100)).toBe('closed');
	clock.time = circuit.nextStart(100, Infinity);
	expect(clock.time).toBe(350);
	expect(circuit.recordStart(350, Infinity)).toBe(true);
	expect(circuit.state(350, Infinity)).toBe('half-open');
	circuit.releaseProbe();
	expect(circuit.state(350, Infinity)).toBe('open');
	// It was under way before the failure, and knows nothing new.
	circuit.recordSuccess(80);
	expect(circuit.state(350, Infinity)).toBe('open');
	circuit.recordSuccess(350);
	expect(circuit.state(350, Infinity)).toBe('closed');
});

const jobMs = 4_000;
const minute = 60_000;

interface Batch {
	readonly items: number;
	readonly maxConcurrency?: number;
	/** Milliseconds that an item may take before it is handed over. */
	readonly timeoutMs?: number;
	/** What is wrong with a submission, if anything. */
	readonly trouble: (item: number, now: number) => HttpResult | undefined;
	/** Whether polls fail as well. */
	readonly deaf?: (now: number) => boolean;
	readonly stopAt?: number;
}

let lastHost: VirtualHost | undefined;

/** A batch whose service answers after 50 ms, and what became of it. */
async function run({ items, maxConcurrency = 100, timeoutMs = 600_000, ...batch }: Batch) {
	const born = new Map<string, number>();
	const submitted: Array<{ item: number; at: number }> = [];
	const host = virtualHost(async (request, self) => {
		const at = self.now();
		if (request.method === 'POST') {
			const item = Number(jsonBody(request)['item']);
			submitted.push({ item, at });
			await self.sleep(50, self.signal);
			const wrong = batch.trouble(item, at);
			if (wrong !== undefined) return wrong;
			born.set(`job-${item}`, at);
			return json(200, { process_id: `job-${item}` });
		}
		await self.sleep(50, self.signal);
		if (batch.deaf?.(at) === true) return json(503, { message: 'Down' });
		const id = request.url.split('/').pop() ?? '';
		const status = at - (born.get(id) ?? 0) < jobMs ? 'IN_PROGRESS' : 'COMPLETED';
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

test('a minute of 503 in the midst of a batch costs what was on its way and a few tries, not the rest', async () => {
	const { lost, submitted, endedAt } = await run({
		items: 400,
		trouble: (_item, now) => (isDown(now) ? gone : undefined),
		deaf: isDown,
	});
	// Ten were on their way together; then one at a time, after pauses that grow.
	expect(lost.length).toBeLessThanOrEqual(22);
	// Nothing is sent twice.
	expect(submitted).toHaveLength(400);
	const during = submitted.filter(({ at }) => isDown(at)).map(({ at }) => at);
	expect(during.filter((at) => at > 5_000 + 15_000).length).toBeLessThanOrEqual(6);
	// Once it is back, the first that comes through lets the others follow.
	expect(endedAt).toBeLessThan(5_000 + minute + 60_000);
});

test('the same while only submissions fail', async () => {
	const { lost } = await run({
		items: 400,
		trouble: (_item, now) => (isDown(now) ? gone : undefined),
	});
	expect(lost.length).toBeLessThanOrEqual(22);
});

test('a minute without connections costs nothing at all', async () => {
	const { lost } = await run({
		items: 400,
		trouble: (_item, now) => (isDown(now) ? fault('ECONNREFUSED', 'no') : undefined),
	});
	expect(lost).toEqual([]);
});

test('items that the API itself chokes on hardly hold up the others', async () => {
	const calm = await run({ items: 300, trouble: () => undefined });
	const { lost, submitted, endedAt } = await run({
		items: 300,
		trouble: (item) => (item % 30 === 7 ? gone : undefined),
	});
	expect(lost).toEqual(Array.from({ length: 10 }, (_none, tenth) => tenth * 30 + 7));
	expect(submitted).toHaveLength(300);
	// A second at most for each.
	expect(endedAt).toBeLessThan(calm.endedAt + 10 * 1_300);
});

test('an API that takes nothing is given two minutes, then all is told', async () => {
	const { lost, submitted, endedAt } = await run({ items: 300, trouble: () => gone });
	expect(lost).toHaveLength(300);
	expect(submitted).toHaveLength(300);
	expect(endedAt).toBeLessThan(130_000);
});

test.each(['119', '120', '600'])('the same when it asks for %s s each time', async (seconds) => {
	const down = json(503, {}, { 'retry-after': seconds });
	const { lost, submitted, endedAt } = await run({ items: 200, trouble: () => down });
	expect(lost).toHaveLength(200);
	expect(submitted).toHaveLength(200);
	expect(endedAt).toBeLessThan(130_000);
});

test('refusals are answers: they hold nobody back', async () => {
	const { lost, endedAt } = await run({
		items: 300,
		trouble: (item) => (item % 2 === 0 ? json(400, { message: 'no' }) : undefined),
	});
	expect(lost).toHaveLength(150);
	expect(endedAt).toBeLessThan(30_000);
});

test('no item waits for longer than its own time', async () => {
	const { submitted } = await run({
		items: 20,
		maxConcurrency: 20,
		timeoutMs: 10_000,
		trouble: () => gone,
	});
	expect(submitted).toHaveLength(20);
	expect(Math.max(...submitted.map(({ at }) => at))).toBeLessThan(11_000);
});

test('an API that chokes on every other item costs two minutes of holding back at most', async () => {
	const { lost, endedAt } = await run({
		items: 1_000,
		trouble: (item) => (item % 2 === 0 ? gone : undefined),
	});
	expect(lost).toHaveLength(500);
	expect(endedAt).toBeLessThan(180_000);
});

test('an outage is met with new patience when the last failure is long ago', async () => {
	const { lost } = await run({
		items: 2_000,
		maxConcurrency: 20,
		trouble: (item, now) =>
			// The first of these use up all patience.
			(item < 600 && item % 2 === 0) || (now >= 350_000 && now < 350_000 + minute)
				? gone
				: undefined,
	});
	expect(lost.filter((item) => item >= 600).length).toBeLessThanOrEqual(22);
});

test('those who were held back keep to the pace that the API allows', async () => {
	let taken: number[] = [];
	const { lost, submitted, endedAt } = await run({
		items: 200,
		trouble: (_item, now) => {
			if (isDown(now)) return gone;
			taken = taken.filter((at) => at > now - 1_000);
			if (taken.length >= 10) return json(429, {}, { 'retry-after': '1' });
			taken.push(now);
			return undefined;
		},
	});
	expect(lost.length).toBeLessThanOrEqual(22);
	// What is refused with 429 is sent again, seldom.
	expect(submitted.length).toBeLessThan(200 * 1.3);
	expect(endedAt).toBeLessThan(125_000);
});

test('stop ends the wait of those who are held back', async () => {
	const stopped = run({ items: 50, trouble: () => gone, stopAt: 20_000 });
	await expect(stopped).rejects.toMatchObject({ name: 'CancelledError' });
	expect(lastHost?.now()).toBe(20_000);
	expect(lastHost?.pending()).toBe(0);
});

test('an API that says how long it is down is left alone until then', async () => {
	const { lost, submitted } = await run({
		items: 400,
		trouble: (_item, now) =>
			isDown(now) ? json(503, {}, { 'retry-after': String((65_000 - now) / 1_000) }) : undefined,
		deaf: isDown,
	});
	const during = submitted.filter(({ at }) => isDown(at));
	// What was on its way together, and nobody after the first answer.
	expect(during.length).toBeGreaterThan(0);
	expect(during.every(({ at }) => at < 5_000 + 1_000)).toBe(true);
	expect(lost).toHaveLength(during.length);
});

test('an API that asks for less patience than it needs is not tried more often for that', async () => {
	const { lost } = await run({
		items: 400,
		trouble: (_item, now) => (isDown(now) ? json(503, {}, { 'retry-after': '1' }) : undefined),
		deaf: isDown,
	});
	expect(lost.length).toBeLessThanOrEqual(22);
});
