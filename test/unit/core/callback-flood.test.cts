import { createClient, createShared } from '../../../nodes/core/http/client';
import { submitJob } from '../../../nodes/core/jobs/submit';
import { parseCallback } from '../../../nodes/core/webhook/callback';
import { createCallbackState, verifyCallback } from '../../../nodes/core/webhook/verifyCallback';
import { json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

/* Somebody has the URL of a trigger with its token. */

const latencyMs = 50;
const options = {
	statuses: ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED'],
	models: [],
	verify: true,
	ignoreDuplicates: true,
};

/** A trigger at an API that tells a job's status by its ID; undefined for an unknown job. */
function triggerAt(statusOf: (id: string, now: number) => string | undefined) {
	const host = virtualHost(async ({ url, method }, self) => {
		await self.sleep(latencyMs, self.signal);
		if (method === 'POST') return json(200, { process_id: url.split('/').pop() });
		const status = statusOf(url.split('/').pop() ?? '', self.now());
		if (status === undefined) return json(404, {});
		return json(200, { status, ...(status === 'COMPLETED' ? { result: { text: 'x' } } : {}) });
	});
	const [shared, state] = [createShared(host), createCallbackState(1_000)];
	const clientOf = () =>
		createClient(host, { baseUrl: 'https://api.test/v1', secrets: [], shared });
	const send = async (id: string, status = 'COMPLETED') => {
		const callback = parseCallback({ process_id: id, status }, undefined);
		if (callback.kind !== 'status') throw new Error('no callback');
		const startedAt = host.now();
		const { kind } = await verifyCallback(clientOf(), callback, state, options);
		return { kind, tookMs: host.now() - startedAt };
	};
	return { host, send, clientOf };
}

const flood = (send: (id: string) => Promise<{ kind: string }>, count: number, name = 'forged') =>
	Array.from({ length: count }, (_unused, index) => send(`${name}-${index}`));

const countKinds = async (host: VirtualHost, sent: Array<Promise<{ kind: string }>>) => {
	const kinds = (await host.run(Promise.all(sent))).map(({ kind }) => kind);
	return Object.fromEntries(
		[...new Set(kinds)].map((kind) => [kind, kinds.filter((one) => one === kind).length]),
	);
};

const ofTrueJob = (id: string) => (id.startsWith('true') ? 'COMPLETED' : undefined);

test('of 300 unknown jobs costs at most 120 requests', async () => {
	const { host, send } = triggerAt(ofTrueJob);
	expect(await countKinds(host, flood(send, 300))).toEqual({ refused: 30, throttled: 270 });
	expect(host.requests).toHaveLength(120);
	// Within that minute nothing more.
	expect(await countKinds(host, flood(send, 300, 'more'))).toEqual({ throttled: 300 });
	expect(host.requests).toHaveLength(120);
});

test('does not delay the callback of a job that was submitted here', async () => {
	const { host, send, clientOf } = triggerAt(ofTrueJob);
	await host.run(submitJob(clientOf(), { model: 'true-1', inputs: {} }, 60_000));
	const forged = flood(send, 300);
	const early = await host.run(send('true-1'));
	expect(early.kind).toBe('accepted');
	expect(early.tookMs).toBeLessThanOrEqual(4 * latencyMs);
	await host.run(Promise.all(forged));
});

test('nor that of a job that was known before', async () => {
	const { host, send } = triggerAt((id, now) =>
		id === 'true-2' ? (now < 5_000 ? 'IN_PROGRESS' : 'COMPLETED') : undefined,
	);
	expect((await host.run(send('true-2', 'IN_PROGRESS'))).kind).toBe('accepted');
	await host.run(Promise.all(flood(send, 300)));
	await host.run(host.sleep(5_000, host.signal));
	expect(await host.run(send('true-2'))).toEqual({ kind: 'accepted', tookMs: latencyMs });
});

test('is over after a minute', async () => {
	const { host, send } = triggerAt(ofTrueJob);
	await host.run(Promise.all(flood(send, 40)));
	expect((await host.run(send('true-3'))).kind).toBe('throttled');
	await host.run(host.sleep(60_000, host.signal));
	expect((await host.run(send('true-3'))).kind).toBe('accepted');
});

test('that repeats its jobs all the time costs at most 1,200 requests a minute', async () => {
	const { host, send } = triggerAt(ofTrueJob);
	const sent: Array<Promise<unknown>> = [];
	while (host.now() < 60_000) {
		sent.push(...flood(send, 40));
		await host.run(host.sleep(100, host.signal));
	}
	await host.run(Promise.all(sent));
	expect(host.requests.length).toBeLessThanOrEqual(1_200);
});

test('of 20 callbacks about one running job shares its reads', async () => {
	const { host, send } = triggerAt((_id, now) => (now < 1_000 ? 'IN_PROGRESS' : 'COMPLETED'));
	const forged = Array.from({ length: 20 }, async () => await send('running'));
	await host.run(host.sleep(1_100, host.signal));
	const genuine = await host.run(send('running'));
	const kinds = [...(await host.run(Promise.all(forged))), genuine].map(({ kind }) => kind);
	expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
	expect(genuine.tookMs).toBeLessThanOrEqual(2 * latencyMs + 250);
	expect(host.requests.length).toBeLessThanOrEqual(8);
});

test('of 20 callbacks about one unknown job shares its reads', async () => {
	const { host, send } = triggerAt(ofTrueJob);
	const forged = Array.from({ length: 20 }, async () => await send('forged'));
	expect(await countKinds(host, forged)).toEqual({ refused: 20 });
	expect(host.requests.length).toBeLessThanOrEqual(8);
	expect(host.now()).toBeLessThan(3_000);
});

test('an unknown job is looked up again only after ten seconds', async () => {
	const { host, send } = triggerAt((_id, now) => (now < 9_000 ? undefined : 'COMPLETED'));
	await host.run(send('late'));
	expect(host.requests).toHaveLength(4);
	expect((await host.run(send('late'))).kind).toBe('refused');
	expect(host.requests).toHaveLength(4);
	await host.run(host.sleep(10_000, host.signal));
	expect((await host.run(send('late'))).kind).toBe('accepted');
});

test('genuine callbacks that the API does not know at once are no flood', async () => {
	const { host, send } = triggerAt((_id, now) => (now < 400 ? undefined : 'COMPLETED'));
	expect(await countKinds(host, flood(send, 300, 'genuine'))).toEqual({ accepted: 300 });
	expect(host.now()).toBeLessThan(10_000);
});

test('a fault of the API counts for nobody', async () => {
	const host = virtualHost(() => json(503, ''));
	const state = createCallbackState(9);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const send = async (id: string) => {
		const callback = parseCallback({ process_id: id, status: 'COMPLETED' }, undefined);
		if (callback.kind !== 'status') throw new Error('no callback');
		return await verifyCallback(client, callback, state, options);
	};
	expect(await countKinds(host, flood(send, 60))).toEqual({ unavailable: 60 });
});

test('a pause for a rate limit is waited out at once, not asked for each second', async () => {
	let sleeps = 0;
	const host = virtualHost((_request, self) =>
		self.now() < 100_000
			? json(429, {}, { 'retry-after': '120' })
			: json(200, { status: 'COMPLETED', result: {} }),
	);
	const { sleep } = host;
	Object.assign(host, {
		sleep: async (ms: number, signal: AbortSignal) => {
			sleeps += 1;
			await sleep(ms, signal);
		},
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const callback = parseCallback({ process_id: 'p', status: 'COMPLETED' }, undefined);
	if (callback.kind !== 'status') throw new Error('no callback');
	const verdict = await host.run(verifyCallback(client, callback, createCallbackState(9), options));
	expect(verdict.kind).toBe('accepted');
	expect(sleeps).toBeLessThan(10);
});
