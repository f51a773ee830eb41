import { accepted, answering, callOf, namesOf, timesOf } from '../../support/fakes/calls.cjs';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { fault, json, virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

const unavailable = (seconds?: number) =>
	json(503, { message: 'Overloaded' }, seconds ? { 'retry-after': String(seconds) } : {});
const rateLimited = (seconds: number) =>
	json(429, { message: 'Slow down' }, { 'retry-after': String(seconds) });
const timeoutsOf = ({ requests }: ReturnType<typeof virtualHost>): number[] =>
	requests.map(({ request }) => request.timeoutMs);

/** A client whose requests a rate limit holds for so many seconds; the time is 1 ms. */
async function heldFor(seconds: number) {
	const host = answering([rateLimited(seconds), accepted]);
	const client = clientOf(host);
	const controller = new AbortController();
	const refused = client.withSignal(controller.signal).send(callOf({ path: '/refused' }));
	await host.run(host.sleep(1, host.signal));
	controller.abort();
	await expect(host.run(refused)).rejects.toMatchObject({ name: 'CancelledError' });
	return { host, client };
}

describe('a request that a rate limit holds', () => {
	const overdue = { deadlineExceeded: true, status: 429 };

	test('beyond its deadline is given up at once, as never answered', async () => {
		const { host, client } = await heldFor(35);
		await expect(host.run(client.send(callOf({ deadline: 10_000 })))).rejects.toMatchObject({
			message: 'MonsterAPI’s rate limit was reached',
			details: {
				...overdue,
				advice:
					'Lower Max Concurrency, spread the work over time, or upgrade your MonsterAPI plan. MonsterAPI answered: HTTP status 429',
			},
		});
		expect(host.now()).toBe(1);
	});

	test('may start later by the time that its first attempt gets at least', async () => {
		const { host, client } = await heldFor(35);
		await host.run(client.send(callOf({ deadline: 10_000, minTimeoutMs: 30_000 })));
		expect(timesOf(host)).toEqual([0, 35_000]);
		expect(timeoutsOf(host)[1]).toBe(30_000);
	});

	test('may not if it is billed, or has been refused itself', async () => {
		const { host, client } = await heldFor(35);
		const late = callOf({ deadline: 10_000, minTimeoutMs: 30_000 });
		await expect(
			host.run(client.send({ ...late, idempotency: 'billed', endpoint: 'generate' })),
		).rejects.toMatchObject({ details: overdue });
		const refusing = answering([rateLimited(35), accepted]);
		await expect(refusing.run(clientOf(refusing).send(late))).rejects.toMatchObject({
			details: { ...overdue, reason: 'Slow down' },
		});
		expect(timesOf(refusing)).toEqual([0]);
		expect(refusing.now()).toBe(0);
	});

	test('after a fault is not reported as that fault', async () => {
		const host = virtualHost(({ url }) => (url.endsWith('/a') ? unavailable(5) : rateLimited(60)));
		const client = clientOf(host);
		const failed = client.send(callOf({ path: '/a', deadline: 30_000 }));
		const refused = client.send(callOf({ path: '/b', deadline: 50_000 }));
		const outcomes = await host.run(Promise.allSettled([failed, refused]));
		expect(outcomes).toMatchObject([
			{ reason: { details: overdue } },
			{ reason: { details: { ...overdue, reason: 'Slow down' } } },
		]);
		expect(namesOf(host)).toEqual(['a', 'b']);
		expect(host.now()).toBe(5_000);
	});
});

describe('an urgent request that a rate limit holds', () => {
	test('leaves five seconds before its deadline', async () => {
		const { host, client } = await heldFor(60);
		await host.run(client.send(callOf({ urgent: true, deadline: 30_000 })));
		expect(timesOf(host)).toEqual([0, 25_000]);
	});

	test('does not wait for that if it may leave before', async () => {
		const { host, client } = await heldFor(10);
		await host.run(client.send(callOf({ urgent: true, deadline: 30_000 })));
		expect(timesOf(host)).toEqual([0, 10_000]);
	});

	test('is repeated until its deadline, and pauses by itself', async () => {
		const host = answering([rateLimited(60), json(429, ''), json(429, ''), accepted]);
		await host.run(clientOf(host).send(callOf({ urgent: true, deadline: 30_000 })));
		expect(timesOf(host)).toEqual([0, 25_000, 25_250, 25_500]);
	});

	test('leaves only if there is more time than that', async () => {
		const { host, client } = await heldFor(60);
		await expect(
			host.run(client.send(callOf({ urgent: true, deadline: 5_001 }))),
		).rejects.toMatchObject({ details: { deadlineExceeded: true } });
		await host.run(client.send(callOf({ urgent: true, deadline: 5_002 })));
		expect(timesOf(host)).toEqual([0, 2]);
	});
});

describe('the deadline', () => {
	test('leaves a first attempt a millisecond, or the time that it gets at least', async () => {
		const host = answering([accepted]);
		await host.run(clientOf(host).send(callOf({ deadline: 0 })));
		await host.run(clientOf(host).send(callOf({ deadline: 0, minTimeoutMs: 7_000 })));
		expect(timeoutsOf(host)).toEqual([1, 7_000]);
	});

	test('counts for a second attempt', async () => {
		const host = answering([unavailable(), accepted]);
		await host.run(clientOf(host).send(callOf({ deadline: 10_000, minTimeoutMs: 20_000 })));
		expect(timeoutsOf(host)).toEqual([20_000, 9_750]);
	});

	test('is a moment, whenever the call began: a pause is shortened for a last attempt', async () => {
		const host = answering([unavailable(30), accepted]);
		await host.run(host.sleep(10_000, host.signal));
		await host.run(clientOf(host).send(callOf({ deadline: 20_000 })));
		expect(timesOf(host)).toEqual([10_000, 15_000]);
	});

	test('ends a retry that has waited for a slot until then, with its failure', async () => {
		const respond: Responder = async ({ url }, self) => {
			if (url.endsWith('/failed')) return unavailable();
			await self.sleep(20_000, self.signal);
			return accepted;
		};
		const host = virtualHost(respond, () => 0);
		const client = clientOf(host);
		const failed = client.send(callOf({ path: '/failed', deadline: 20_000 }));
		const others = Array.from({ length: 10 }, async () => await client.send(callOf()));
		await expect(host.run(failed)).rejects.toMatchObject({
			details: { deadlineExceeded: true, status: 503, reason: 'Overloaded' },
		});
		await host.run(Promise.all(others));
		expect(namesOf(host).filter((name) => name === 'failed')).toHaveLength(1);
	});

	test('does not hide the failure before an attempt that it cut short', async () => {
		const respond: Responder = async ({ timeoutMs }, self) => {
			if (self.requests.length === 1) return unavailable(5);
			await self.sleep(timeoutMs, self.signal);
			return fault('ETIMEDOUT', 'maybe');
		};
		const host = virtualHost(respond, () => 0);
		await expect(host.run(clientOf(host).send(callOf({ deadline: 10_000 })))).rejects.toMatchObject(
			{ details: { deadlineExceeded: true, status: 503 } },
		);
		expect(timesOf(host)).toEqual([0, 5_000]);
	});

	test('that cuts the first attempt short is reported as a connection that broke off', async () => {
		const host = virtualHost(async ({ timeoutMs }, self) => {
			await self.sleep(timeoutMs, self.signal);
			return fault('ETIMEDOUT', 'maybe');
		});
		await expect(host.run(clientOf(host).send(callOf({ deadline: 10_000 })))).rejects.toMatchObject(
			{
				message: 'The connection to MonsterAPI broke off',
				details: { deadlineExceeded: true },
			},
		);
	});
});

describe('the time for all attempts together', () => {
	/** Ten others take twenty seconds; the rest is answered with a 503. */
	const busy = () => {
		const respond: Responder = async ({ url }, self) => {
			if (url.endsWith('/failed')) return unavailable();
			await self.sleep(20_000, self.signal);
			return accepted;
		};
		const host = virtualHost(respond, () => 0);
		const client = clientOf(host);
		const others = Array.from({ length: 10 }, async () => await client.send(callOf()));
		return { host, client, others };
	};

	test('begins when the first one starts', async () => {
		const { host, client, others } = busy();
		const failed = client.send(
			callOf({ path: '/failed', maxAttempts: Infinity, totalTimeoutMs: 10_000 }),
		);
		await expect(host.run(failed)).rejects.toMatchObject({
			details: { deadlineExceeded: true, status: 503 },
		});
		await host.run(Promise.all(others));
		const { at, request } = host.requests[10] ?? {};
		expect([at, request?.timeoutMs]).toEqual([20_000, 10_000]);
		expect(host.requests.length).toBeGreaterThan(30);
		expect(host.requests.at(-1)?.at).toBeLessThan(30_000);
	});

	test('ends at the deadline at the latest', async () => {
		const host = answering([accepted]);
		const client = clientOf(host);
		await host.run(client.send(callOf({ deadline: 5_000, totalTimeoutMs: 10_000 })));
		await host.run(client.send(callOf({ deadline: 15_000, totalTimeoutMs: 10_000 })));
		expect(timeoutsOf(host)).toEqual([5_000, 10_000]);
	});

	test('begins anew after a rate limit', async () => {
		const host = answering([rateLimited(60), accepted]);
		await host.run(clientOf(host).send(callOf({ deadline: 140_000, totalTimeoutMs: 10_000 })));
		expect(timesOf(host)).toEqual([0, 60_000]);
		expect(timeoutsOf(host)).toEqual([10_000, 10_000]);
	});
});
