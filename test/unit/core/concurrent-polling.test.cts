import { createClient } from '../../../nodes/core/http/client';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { createDurationStats } from '../../../nodes/core/polling/durationStats';
import { submitJob, type Job } from '../../../nodes/core/jobs/submit';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { generate } from '../../../nodes/core/api/generate';
import type { HttpResult } from '../../../nodes/core/host';
import {
	fault,
	json,
	seededRandom,
	virtualHost,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

/* Many jobs of one execution that are polled at the same time. */

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });

test('a Retry-After is respected, though other jobs are polled meanwhile', async () => {
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

test('the last poll of each is at its own limit, and once', async () => {
	const polledAt: number[] = [];
	const host = virtualHost(async (_request, self) => {
		if (self.now() > 29_000) polledAt.push(self.now());
		await self.sleep(5, self.signal);
		return json(200, { status: 'IN_PROGRESS' });
	});
	const client = clientOf(host);
	const limits = Array.from({ length: 9 }, (_none, job) => 30_000 + 3 * job);
	const waits = limits.map(async (timeoutMs) => await waitForJob(client, 'p', { timeoutMs }));
	await host.run(Promise.all(waits));
	expect(polledAt.filter((at) => at >= 29_950)).toEqual(limits);
});

test('the last poll still gets its time: a finished job does not time out', async () => {
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

/** A service with a rate limit: requests per second, and a burst. */
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

test('a rate limit ends no wait: a job that can no longer be polled in time stops at the timeout', async () => {
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
	// The last polls get five seconds.
	expect(host.now()).toBeLessThanOrEqual(126_000);
});

test('a 429 long after all requests were allowed slows the rate by what is sent then', async () => {
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
			deadline: 600_000,
		}),
	);
	await host.run(Promise.all(all));
	// 21 s are the least; half as much again is what finding the limit may cost.
	expect(host.now()).toBeLessThan(32_000);
});

interface Plan {
	/** Requests in any minute. */
	readonly perMinute: number;
	readonly items: number;
	readonly maxConcurrency?: number;
	readonly jobMs?: number;
	readonly timeoutMs?: number;
	/** Whether each job has a small recording in it. */
	readonly withFiles?: boolean;
}

const recording: Job['file'] = {
	rule: { label: 'Audio or Video', parameter: 'file', extensions: ['mp3'] },
	source: {
		kind: 'binary',
		file: {
			name: 'memo.mp3',
			mimeType: 'audio/mpeg',
			size: 10,
			read: async () => await Promise.resolve(new Uint8Array(10)),
			open: async () => await Promise.resolve(new Uint8Array(10)),
		},
	},
};

/** A batch on a small plan, with the node's own limits where nothing else is said. */
async function onPlan(plan: Plan) {
	const { perMinute, items, maxConcurrency = 100, jobMs = 30_000, timeoutMs = 600_000 } = plan;
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
		const status = at - (born.get(id) ?? 0) < jobMs ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { process_id: id, status, result: { text: id } });
	}, seededRandom(5));
	const client = clientOf(host);
	const stats = createDurationStats();
	const gaveUpAfter: number[] = [];
	const paidAfter: number[] = [];
	const file = plan.withFiles === true ? recording : undefined;
	const settled = await host.run(
		runBatch(items, { maxConcurrency, stopOnError: false, host }, async (_item, signal) => {
			const scoped = client.withSignal(signal);
			const job = { model: 'm', inputs: {}, ...(file && { file }) };
			const begunAt = host.now();
			const { processId } = await submitJob(scoped, job, timeoutMs).catch(
				async (error: unknown) => {
					gaveUpAfter.push(host.now() - begunAt);
					throw error;
				},
			);
			paidAfter.push(host.now() - begunAt);
			const trackedJob = stats.trackJob(job.model, 'balanced');
			return await waitForJob(scoped, processId, { timeoutMs, trackedJob });
		}),
	);
	const came = settled.filter((one) => one.kind === 'done' && one.value.kind === 'ended').length;
	return { came, paid: born.size, gaveUpAfter, paidAfter };
}

/* A job takes a submission and a poll: within ten minutes a plan of 10 a minute cannot begin and end more than 50. */
test.each<[number, number, number, number]>([
	[10, 100, 100, 50],
	[20, 200, 100, 160],
	[60, 1_000, Infinity, 300],
])(
	'on a plan of %i requests a minute, all that is paid of %i items comes out, %d at once',
	async (perMinute, items, maxConcurrency, least) => {
		const { came, paid, gaveUpAfter, paidAfter } = await onPlan({
			perMinute,
			items,
			maxConcurrency,
		});
		expect(came).toBe(paid);
		expect(came).toBeGreaterThanOrEqual(least);
		// The others fail unpaid, when the time for submitting is up.
		expect(Math.max(0, ...gaveUpAfter)).toBeLessThan(600_000 + 70_000);
		expect(Math.max(...paidAfter)).toBeLessThan(600_000 + 70_000);
	},
);

test.each<[string, Plan]>([
	['short', { perMinute: 10, items: 100, jobMs: 30_000, timeoutMs: 120_000 }],
	['long', { perMinute: 20, items: 200, jobMs: 200_000, timeoutMs: 300_000 }],
	[
		'with a file',
		{ perMinute: 20, items: 200, jobMs: 200_000, timeoutMs: 300_000, withFiles: true },
	],
	['with a file on a tiny plan', { perMinute: 5, items: 60, jobMs: 240_000, withFiles: true }],
])('nor does what is paid run out of a time of its own: %s', async (_name, plan) => {
	const { came, paid } = await onPlan(plan);
	expect(came).toBe(paid);
	expect(came).toBeGreaterThan(5);
});

test('when polls use up a plan, what cannot be submitted fails in time', async () => {
	const { came, paid, gaveUpAfter } = await onPlan({
		perMinute: 10,
		items: 60,
		jobMs: 7_200_000,
		timeoutMs: Infinity,
	});
	expect(came).toBe(paid);
	expect(gaveUpAfter.length).toBe(60 - paid);
	expect(Math.max(...gaveUpAfter)).toBeLessThan(600_000 + 70_000);
});

test('what cannot be submitted in time fails as soon as that is known, though ten are queued before it', async () => {
	const host = virtualHost(async (_request, self) => {
		await self.sleep(50, self.signal);
		return json(429, {}, { 'retry-after': '120' });
	});
	const client = clientOf(host);
	const all = Array.from({ length: 30 }, () =>
		submitJob(client, { model: 'm', inputs: {} }, 10_000),
	);
	const told = await host.run(Promise.allSettled(all));
	expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['rejected']));
	expect(host.now()).toBeLessThan(1_000);
});

/* Ten slots for all: what is slow to fail must not keep them. */
test.each<[string, number, HttpResult]>([
	['connections that stall', 25, fault('ETIMEDOUT', 'maybe')],
	['gateways that time out', 40, json(504, {})],
])('%s hold up neither polls of other jobs nor new jobs for long', async (_name, bad, setback) => {
	const host = virtualHost(async ({ url, method }, self) => {
		const id = url.split('/').pop() ?? '';
		const isBad = id.startsWith('bad');
		await self.sleep(isBad ? 30_000 : 50, self.signal);
		if (method === 'POST') return json(200, { process_id: 'late' });
		if (isBad) return setback;
		const status = self.now() < 20_000 ? 'IN_PROGRESS' : 'COMPLETED';
		return json(200, { process_id: id, status, result: { text: id } });
	}, seededRandom(4));
	const client = clientOf(host);
	const options = { timeoutMs: 600_000 };
	const ends: number[] = [];
	const waits = Array.from({ length: bad }, async (_none, index) => {
		await waitForJob(client, `bad-${index}`, options);
	});
	for (let index = 0; index < 30; index++) {
		waits.push(waitForJob(client, `good-${index}`, options).then(() => void ends.push(host.now())));
	}
	let handedOverAt = Infinity;
	const late = async () => {
		await host.sleep(60_000, host.signal);
		await submitJob(client, { model: 'm', inputs: {} }, 600_000);
		handedOverAt = host.now();
	};
	await host.run(Promise.all([late(), ...waits]));
	expect(handedOverAt).toBeLessThan(100_000);
	expect(ends).toHaveLength(30);
	expect(ends[15]).toBeLessThan(150_000);
});
