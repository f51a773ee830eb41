import { createClient, createShared } from '../../../nodes/core/http/client';
import type { HttpResult } from '../../../nodes/core/host';
import { accepted, answering, callOf, namesOf, timesOf } from '../../support/fakes/calls.cjs';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { fault, json, virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

const elsewhere = 'https://d.test/elsewhere';
const rateLimited = json(429, {}, { 'retry-after': '60' });

describe('a client', () => {
	test('has what it was made with', async () => {
		const host = answering([accepted]);
		const client = clientOf(host);
		expect(client).toMatchObject({ host, baseUrl: 'https://api.test/v1', secrets: ['the-key'] });
		expect(client.signal).toBe(host.signal);
		await host.run(client.timer.wait({ dueAt: 700, earliestAt: 0 }, host.signal));
		expect(host.now()).toBe(700);
	});

	test('can share scheduler and timer with others', async () => {
		const host = answering([rateLimited, accepted]);
		const shared = createShared(host);
		const another = () =>
			createClient(host, { baseUrl: 'https://api.test/v1', secrets: [], shared });
		expect(another().timer).toBe(shared.timer);
		const first = another().send(callOf());
		await host.run(host.sleep(1, host.signal));
		await host.run(Promise.all([first, another().send(callOf())]));
		expect(host.requests[1]?.at).toBe(60_000);
	});

	test('with further secrets keeps the others, and its signal', () => {
		const { signal } = new AbortController();
		const client = clientOf(answering([])).withSignal(signal).withSecrets('token', 'password');
		expect(client.secrets).toEqual(['the-key', 'token', 'password']);
		expect(client.signal).toBe(signal);
		expect(client.withSignal(new AbortController().signal).secrets).toEqual(client.secrets);
		expect(client.withoutAbort().secrets).toEqual(client.secrets);
	});

	test('sends nothing after a stop, but one without abort does', async () => {
		const host = answering([accepted]);
		const client = clientOf(host);
		await host.run(client.send(callOf({ path: '/before' })));
		host.stop();
		await expect(host.run(client.send(callOf()))).rejects.toMatchObject({ name: 'CancelledError' });
		await host.run(client.withoutAbort().send(callOf({ path: '/late' })));
		expect(client.withoutAbort().signal.aborted).toBe(false);
		expect(namesOf(host)).toEqual(['before', 'late']);
		expect(host.requests.map(({ request }) => request.ignoresCancellation)).toEqual([false, true]);
	});

	test('that has to wait for others does so also with another signal', async () => {
		const host = answering([accepted]);
		const after = host.sleep(1_000, host.signal);
		const client = clientOf(host).withSignal(host.signal, after);
		const another = client.withSignal(new AbortController().signal);
		await host.run(Promise.all([client.send(callOf()), another.send(callOf())]));
		expect(timesOf(host)).toEqual([1_000, 1_000]);
	});

	test('gives its slots back, whatever comes of its requests', async () => {
		const host = answering([accepted]);
		const client = clientOf(host);
		const body = async () => await Promise.reject(new Error('The file is gone'));
		const broken = Array.from({ length: 11 }, async () => await client.send(callOf({ body })));
		const outcomes = await host.run(Promise.allSettled(broken));
		expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
		await expect(host.run(client.send(callOf()))).resolves.toBe('done');
	});
});

test('a rate limit holds only requests to the API, and not what must leave after a stop', async () => {
	const host = answering([rateLimited, accepted]);
	const client = clientOf(host);
	const first = client.send(callOf({ path: '/first' }));
	await host.run(host.sleep(1_000, host.signal));
	await host.run(
		Promise.all([
			first,
			client.send(callOf({ path: '/read' })),
			client.send(callOf({ url: elsewhere, endpoint: 'deployedModel' })),
			client.withoutAbort().send(callOf({ path: '/late' })),
		]),
	);
	expect(namesOf(host)).toEqual(['first', 'elsewhere', 'late', 'first', 'read']);
	expect(timesOf(host).slice(0, 4)).toEqual([0, 1_000, 1_000, 60_000]);
});

describe('of the requests in the queue', () => {
	/** Each takes a second, but `/one` fails at once when it comes for the first time. */
	const busy = (failure: HttpResult): ReturnType<typeof virtualHost> => {
		let failures = 0;
		const respond: Responder = async ({ url }, self) => {
			if (url.endsWith('/one') && failures++ === 0) return failure;
			await self.sleep(1_000, self.signal);
			return accepted;
		};
		return virtualHost(respond, () => 0);
	};
	const unavailable = json(503, '');

	test.each<[string, number, HttpResult, Parameters<typeof callOf>[0]]>([
		// Ten start at once, and one in the place of the failed one.
		['a retry goes first', 11, unavailable, { maxAttempts: 5 }],
		['a retry of a fault goes first', 11, fault('ECONNRESET', 'maybe'), { maxAttempts: 5 }],
		['a retry without end goes last', 31, unavailable, { maxAttempts: Infinity }],
		[
			'that of a broken connection, too',
			31,
			fault('ECONNRESET', 'maybe'),
			{ maxAttempts: Infinity },
		],
		[
			'but first after a rate limit',
			10,
			json(429, '', { 'retry-after': '1' }),
			{ maxAttempts: Infinity },
		],
	])('%s (%i)', async (_name, place, failure, changes) => {
		const host = busy(failure);
		const client = clientOf(host);
		const names = ['one', ...Array.from({ length: 30 }, (_none, index) => `${index}`)];
		const calls = names.map(
			async (name) => await client.send(callOf({ ...changes, path: `/${name}` })),
		);
		await host.run(Promise.all(calls));
		expect(namesOf(host).lastIndexOf('one')).toBe(place);
	});

	test.each([
		['a submission goes before reads', 'request', 10],
		['a billed transfer goes after the transfers before it', 'transfer', 30],
	] as const)('%s', async (_name, pool, place) => {
		const host = busy(unavailable);
		const client = clientOf(host);
		const others = Array.from({ length: 30 }, async () => await client.send(callOf({ pool })));
		const billed = client.send(
			callOf({
				pool,
				method: 'POST',
				path: '/billed',
				idempotency: 'billed',
				endpoint: 'generate',
			}),
		);
		await host.run(Promise.all([...others, billed]));
		expect(namesOf(host).indexOf('billed')).toBe(place);
	});
});

describe('submissions', () => {
	const submission = callOf({ method: 'POST', idempotency: 'billed', endpoint: 'generate' });

	test.each<[string, number, HttpResult]>([
		['after a 500 wait for a probe', 1_000, json(500, '')],
		['wait as long as a 503 asks', 7_000, json(503, '', { 'retry-after': '7' })],
		['wait after a connection that broke off', 1_000, fault('ECONNRESET', 'maybe')],
		['do not wait after a wrong certificate', 0, fault('CERT_HAS_EXPIRED', 'no', false)],
		['do not wait after a 499', 0, json(499, '')],
		['do not wait after a refusal that asks for it', 0, json(400, '', { 'retry-after': '7' })],
		['do not wait after an answer that cannot be read', 0, json(200, '<html>')],
	])('%s (%i ms)', async (_name, at, failure) => {
		const host = answering([failure, accepted], 1);
		const client = clientOf(host);
		await expect(host.run(client.send(submission))).rejects.toMatchObject({
			name: 'MonsterApiError',
		});
		await host.run(client.send(submission));
		expect(timesOf(host)).toEqual([0, at]);
	});
});

test('pauses for a rate limit are short again after a success', async () => {
	const limited = json(429, '');
	const host = answering([limited, accepted, limited, accepted], 1);
	const client = clientOf(host);
	await host.run(client.send(callOf()));
	await host.run(client.send(callOf()));
	const [, , third = 0, fourth = 0] = timesOf(host);
	// Two 429s after one another would pause for 2 s.
	expect(fourth - third).toBeLessThan(1_900);
});
