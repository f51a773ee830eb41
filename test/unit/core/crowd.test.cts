import { createClient } from '../../../nodes/core/api/client';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { createExperience } from '../../../nodes/core/jobs/experience';
import { submitJob } from '../../../nodes/core/jobs/run';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { generate } from '../../../nodes/core/api/generate';
import { json, seededRandom, virtualHost, type VirtualHost } from '../fakes/virtual-host.cjs';

/* Many jobs of one execution that are waited for at the same time. */

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });

test('an answer that asks for patience gets it, though others are looked at meanwhile', async () => {
	const random = seededRandom(3);
	const answeredAt = new Map<string, number>();
	const pauses: number[] = [];
	const host = virtualHost(async (request, self) => {
		const id = request.url.split('/').pop() ?? '';
		pauses.push(self.now() - (answeredAt.get(id) ?? -Infinity));
		await self.sleep(1_000 * random(), self.signal);
		answeredAt.set(id, self.now());
		const status = self.now() < 200_000 ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { status, result: { text: 'x' } }, { 'retry-after': '30' });
	});
	const client = clientOf(host);
	const ids = Array.from({ length: 50 }, (_none, job) => `p${job}`);
	const waits = ids.map(async (id) => await waitForJob(client, id, { timeoutMs: 600_000 }));
	await host.run(Promise.all(waits));
	expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30_000);
});

test('each is looked at last at its own limit, and once', async () => {
	const lookedAt: number[] = [];
	const host = virtualHost(async (_request, self) => {
		if (self.now() > 29_000) lookedAt.push(self.now());
		await self.sleep(5, self.signal);
		return json(200, { status: 'IN_PROGRESS' });
	});
	const client = clientOf(host);
	const limits = Array.from({ length: 9 }, (_none, job) => 30_000 + 3 * job);
	const waits = limits.map(async (timeoutMs) => await waitForJob(client, 'p', { timeoutMs }));
	await host.run(Promise.all(waits));
	expect(lookedAt.filter((at) => at >= 29_950)).toEqual(limits);
});

test('the last look still gets its time: a finished job is not called late', async () => {
	const host = virtualHost(async (_request, self) => {
		await self.sleep(400, self.signal);
		const status = self.now() < 58_500 ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { status, result: { text: 'x' } });
	});
	const client = clientOf(host);
	const waits = Array.from({ length: 100 }, () => waitForJob(client, 'p', { timeoutMs: 60_000 }));
	const waited = await host.run(Promise.all(waits));
	expect(waited.map(({ kind }) => kind)).toEqual(Array.from({ length: 100 }, () => 'ended'));
});

/** A service that takes so many requests a second, and some more at once. */
function bucket(perSecond: number, atOnce: number): (now: number) => boolean {
	let tokens = atOnce;
	let filledAt = 0;
	return (now) => {
		tokens = Math.min(atOnce, tokens + ((now - filledAt) / 1_000) * perSecond);
		filledAt = now;
		if (tokens < 1) return false;
		tokens -= 1;
		return true;
	};
}

test('a limit is no end of a wait: who cannot look in time any more stops at the timeout', async () => {
	const takes = bucket(0.5, 1);
	const host = virtualHost((_request, self) =>
		takes(self.now())
			? json(200, { status: 'IN_PROGRESS' })
			: json(429, {}, { 'retry-after': '1' }),
	);
	const client = clientOf(host);
	const waits = Array.from({ length: 100 }, () => waitForJob(client, 'p', { timeoutMs: 120_000 }));
	const waited = await host.run(Promise.all(waits));
	expect(new Set(waited.map(({ kind }) => kind))).toEqual(new Set(['timedOut']));
	// The last looks get five seconds.
	expect(host.now()).toBeLessThanOrEqual(126_000);
});

test('a refusal long after all were told to leave takes the pace down by what leaves then', async () => {
	const takes = bucket(45, 60);
	const host = virtualHost(async (_request, self) => {
		const isTaken = takes(self.now());
		await self.sleep(200, self.signal);
		return isTaken ? json(200, { process_id: 'p' }) : json(429, {});
	});
	const client = clientOf(host);
	const all = Array.from({ length: 1_000 }, () =>
		generate(client, {
			model: 'm',
			body: () => ({ kind: 'json', value: {} }),
			carriesFile: false,
			until: 600_000,
		}),
	);
	await host.run(Promise.all(all));
	// 21 s are the least; half as much again is what finding the limit may cost.
	expect(host.now()).toBeLessThan(32_000);
});

/** A batch with the node's own limits, on a plan of so many requests in any minute, with jobs of half a minute. */
async function onPlan(perMinute: number, items: number) {
	const born = new Map<string, number>();
	let taken: number[] = [];
	const host = virtualHost(async ({ method, url }, self) => {
		const at = self.now();
		await self.sleep(50, self.signal);
		taken = taken.filter((moment) => moment > at - 60_000);
		const [oldest = at] = taken;
		if (taken.length >= perMinute) {
			return json(429, {}, { 'retry-after': String(Math.ceil((oldest + 60_000 - at) / 1_000)) });
		}
		taken.push(at);
		if (method === 'POST') {
			const id = `job-${born.size}`;
			born.set(id, at);
			return json(200, { process_id: id });
		}
		const id = url.split('/').pop() ?? '';
		const status = at - (born.get(id) ?? 0) < 30_000 ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { process_id: id, status, result: { text: id } });
	}, seededRandom(5));
	const client = clientOf(host);
	const experience = createExperience();
	const timeoutMs = 600_000;
	const settled = await host.run(
		runBatch(items, { maxConcurrency: 100, haltOnFailure: false, host }, async (_item, signal) => {
			const scoped = client.scoped(signal);
			const job = { model: 'm', inputs: {} };
			const { processId } = await submitJob(scoped, job, timeoutMs);
			const flight = experience.expect(job, 'balanced');
			return await waitForJob(scoped, processId, { timeoutMs, flight });
		}),
	);
	const came = settled.filter((one) => one.kind === 'done' && one.value.kind === 'ended').length;
	return { came, paid: born.size };
}

test.each([
	[10, 100, 50],
	[20, 200, 150],
])(
	'on a plan of %i requests a minute, all that is paid of %i items comes out',
	async (perMinute, items, least) => {
		const { came, paid } = await onPlan(perMinute, items);
		expect(came).toBe(paid);
		expect(came).toBeGreaterThan(least);
	},
);
