import { generateWithDeployment } from '../../../nodes/core/api/generate';
import { createClient, type Client } from '../../../nodes/core/http/client';
import { getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { generate } from '../../../nodes/core/api/generate';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { getStatus } from '../../../nodes/core/api/status';
import { getUploadLink } from '../../../nodes/core/api/upload';
import { createWebhook, deleteWebhook, listWebhooks } from '../../../nodes/core/api/webhooks';
import type { HttpResult } from '../../../nodes/core/host';
import { fault, json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const busy = json(503, '');
const unconnected = fault('ECONNREFUSED', 'no');
const name = 'mine';

/* Uploads, downloads and Job > Get have theirs where their other tests are. */
test.each<[string, number, HttpResult, (client: Client) => Promise<unknown>]>([
	[
		'a job',
		4,
		unconnected,
		async (client) =>
			await generate(client, {
				model: 'sdxl-base',
				body: () => ({ kind: 'json', value: {} }),
				carriesFile: false,
				deadline: Infinity,
			}),
	],
	['an upload link', 5, busy, async (client) => await getUploadLink(client, 'a.wav')],
	['a list of webhooks', 3, busy, async (client) => await listWebhooks(client)],
	['the deletion of a webhook', 3, busy, async (client) => await deleteWebhook(client, name)],
	[
		'the registration of a webhook',
		4,
		unconnected,
		async (client) => await createWebhook(client, { name, url: 'https://n8n.test/' }),
	],
])('%s is asked for %i times and then given up', async (_name, times, failure, call) => {
	// The shortest pauses, so that no call reaches its deadline first.
	const host = virtualHost(
		() => failure,
		() => 0,
	);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	await expect(host.run(call(client))).rejects.toMatchObject({ name: 'MonsterApiError' });
	expect(host.requests).toHaveLength(times);
});

test('of the requests in the queue, submissions start before polls', async () => {
	const host = virtualHost(async ({ method }, self) => {
		await self.sleep(100, self.signal);
		return json(200, { process_id: 'p', ...(method === 'GET' && { status: 'IN_PROGRESS' }) });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const polls = Array.from(
		{ length: 30 },
		async () => await getStatus(client, 'p', readLimits(host.now())),
	);
	const submission = generate(client, {
		model: 'sdxl-base',
		body: () => ({ kind: 'json', value: {} }),
		carriesFile: false,
		deadline: Infinity,
	});
	await host.run(Promise.all([...polls, submission]));
	const order = host.requests.map(({ request }) => request.method);
	expect(order.indexOf('POST')).toBe(order.length - 21);
});

test('a cancelled request is not reported as timed out', async () => {
	const host = virtualHost(() => json(429, {}, { 'retry-after': '100' }));
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const submit = (signal: AbortSignal) =>
		generate(client.withSignal(signal), {
			model: 'sdxl-base',
			body: () => ({ kind: 'json', value: {} }),
			carriesFile: false,
			deadline: 1_000,
		});
	await expect(host.run(submit(host.signal))).rejects.toMatchObject({ details: { status: 429 } });
	await expect(host.run(submit(AbortSignal.abort()))).rejects.toMatchObject({
		name: 'CancelledError',
	});
});

/* Ten at a time: time in the queue does not count against a request. */
test.each<[string, (client: Client) => Promise<unknown>]>([
	['a read', async (client) => await getDeployment(client, 'd', readLimits(client.host.now()))],
	[
		'a live deployment',
		async (client) => {
			const model = { url: 'https://d.test', token: 't', allowInvalidCertificate: false };
			return await generateWithDeployment(client, model, {}, 120_000);
		},
	],
])('%s that spent its whole time in the queue still gets an attempt', async (_name, call) => {
	const host = virtualHost(async ({ timeoutMs }, self) => {
		await self.sleep(Math.min(25_000, timeoutMs), self.signal);
		return timeoutMs > 25_000
			? json(200, { status: 'live', text: ['hi'] })
			: fault('ETIMEDOUT', 'maybe');
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const calls = Array.from({ length: 80 }, async () => await call(client));
	await expect(host.run(Promise.all(calls))).resolves.toHaveLength(80);
	expect(host.requests).toHaveLength(80);
});

test('a generate request that starts late is retried like the others, and no longer', async () => {
	const host = virtualHost(async ({ timeoutMs }, self) => {
		await self.sleep(Math.min(10_000, timeoutMs), self.signal);
		// Only the last one in the queue fails.
		return self.now() > 80_000 ? busy : json(200, { text: ['hi'] });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const model = { url: 'https://d.test', token: 't', allowInvalidCertificate: false };
	const calls = Array.from(
		{ length: 81 },
		async () => await generateWithDeployment(client, model, {}, 30_000),
	);
	const outcomes = await host.run(Promise.allSettled(calls));
	expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
	// The last one starts at 80 s, and its third attempt is cut short by the timeout.
	expect(host.requests.slice(80).map(({ at }) => Math.floor(at / 10_000))).toEqual([8, 9, 10]);
	expect(host.now()).toBeCloseTo(110_000);
});

test.each([503, 429])('a retry after a %i does not go to the end of the queue', async (status) => {
	let failures = 0;
	const host = virtualHost(async ({ timeoutMs }, self) => {
		await self.sleep(Math.min(20_000, timeoutMs), self.signal);
		if (timeoutMs < 20_000) return fault('ETIMEDOUT', 'maybe');
		return failures++ === 0 ? json(status, '') : json(200, { text: ['hi'] });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const model = { url: 'https://d.test', token: 't', allowInvalidCertificate: false };
	// At the end of the queue it would have timed out.
	const calls = Array.from(
		{ length: 100 },
		async () => await generateWithDeployment(client, model, {}, 60_000),
	);
	await expect(host.run(Promise.all(calls))).resolves.toHaveLength(100);
	expect(host.requests).toHaveLength(101);
});

test('a 429 also pauses the request that takes its slot, and its retry goes before requests that never started', async () => {
	const order: number[] = [];
	const host = virtualHost(async ({ url }, self) => {
		const id = Number(url.split('/').pop());
		order.push(id);
		const isRefused = order.length === 1;
		await self.sleep(isRefused ? 100 : 1_000, self.signal);
		return isRefused
			? json(429, {}, { 'retry-after': '5' })
			: json(200, { process_id: 'p', status: 'IN_PROGRESS' });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const polls = Array.from(
		{ length: 40 },
		async (_none, id) => await getStatus(client, `${id}`, readLimits(host.now())),
	);
	await host.run(Promise.all(polls));
	expect(host.requests.filter(({ at }) => at < 5_000)).toHaveLength(10);
	// Ten had started already.
	expect(order.lastIndexOf(0)).toBeLessThanOrEqual(20);
	expect(order).toHaveLength(41);
});

test('a read that got one 503 is retried in time, however long the queue', async () => {
	const failed = new Set<string>();
	const host = virtualHost(async ({ url }, self) => {
		await self.sleep(5_000, self.signal);
		if (url.endsWith('0') && !failed.has(url)) {
			failed.add(url);
			return json(503, '');
		}
		return json(200, { process_id: 'p', status: 'IN_PROGRESS' });
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const polls = Array.from(
		{ length: 100 },
		async (_none, id) => await getStatus(client, `${id}`, { ...readLimits(0), deadline: 45_000 }),
	);
	const outcomes = await host.run(Promise.allSettled(polls));
	expect(failed.size).toBe(10);
	// Three of the ten fail so late that no time is left.
	expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});

test('an overloaded deployment is waited for while there is time', async () => {
	const host = virtualHost((_request, self) =>
		self.now() < 200_000 ? json(429, { message: 'busy' }) : json(200, { text: ['hi'] }),
	);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const model = { url: 'https://d.test', token: 't', allowInvalidCertificate: false };
	await expect(host.run(generateWithDeployment(client, model, {}, 600_000))).resolves.toMatchObject(
		{ texts: ['hi'] },
	);
	// Pauses grow to half a minute.
	expect(host.requests.length).toBeLessThan(30);
});

test('a submission that a 429 keeps beyond its deadline fails with what the API said', async () => {
	const host = virtualHost(() =>
		json(429, { message: 'Plan limit reached' }, { 'retry-after': '60' }),
	);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const submitted = generate(client, {
		model: 'm',
		body: () => ({ kind: 'json', value: {} }),
		carriesFile: false,
		deadline: 30_000,
	});
	await expect(host.run(submitted)).rejects.toMatchObject({
		details: {
			status: 429,
			deadlineExceeded: true,
			advice: expect.stringContaining('Plan limit reached'),
		},
	});
	expect(host.now()).toBe(0);
});
