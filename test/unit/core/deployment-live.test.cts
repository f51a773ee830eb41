import { MonsterApiError } from '../../../nodes/core/http/errors';
import {
	waitUntilLive,
	type TerminationStatus,
} from '../../../nodes/core/deployments/waitUntilLive';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { CancelledError, type HttpResult, type HttpRequest } from '../../../nodes/core/host';
import {
	building,
	clientOf,
	launchFailed,
	live,
	notStarted,
	terminated,
} from '../../support/fakes/deployment.cjs';
import {
	fault,
	json,
	virtualHost,
	type Responder,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const isTermination = ({ url }: HttpRequest) => url.endsWith('/deploy/terminate');

/** A launch that ends at a moment of virtual time, and an API that can terminate it. */
const endsAt =
	(ms: number, end: HttpResult, termination: HttpResult = terminated): Responder =>
	(request, host) => {
		if (isTermination(request)) return termination;
		if (host.now() >= ms) return end;
		return host.now() < ms / 4 ? notStarted : building;
	};

function wait(host: VirtualHost, more = {}) {
	const terminations: TerminationStatus[] = [];
	const options = { timeoutMs: 1_800_000, terminateOnFailure: false, ...more };
	const outcome = host.run(
		waitUntilLive(clientOf(host), 'd', options, (termination) => terminations.push(termination)),
	);
	return { outcome, terminations };
}

const terminationRequests = (host: VirtualHost) =>
	host.requests.filter(({ request }) => isTermination(request));
const errorOf = async (promise: Promise<unknown>): Promise<MonsterApiError> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (!(error instanceof MonsterApiError)) throw new Error(`no MonsterApiError: ${String(error)}`);
	return error;
};

describe('waiting until live', () => {
	test('501 is polled on, and a live deployment is noticed within six seconds', async () => {
		const host = virtualHost(endsAt(600_000, live));
		const { outcome, terminations } = wait(host);
		expect(await outcome).toMatchObject({
			kind: 'live',
			deployment: { phase: 'live', url: 'https://d.test', token: 'the-token' },
		});
		expect(host.now() - 600_000).toBeLessThan(6_000);
		expect(host.requests.length).toBeLessThan(140);
		expect(terminations).not.toContain('terminated');
	});

	test('an unknown status counts as starting', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 20_000 ? json(200, { status: 'warming_up' }) : live,
		);
		expect(await wait(host).outcome).toMatchObject({ kind: 'live' });
	});

	test.each(['terminatedBySystem', 'terminatedByUser', 'Terminated'])(
		'%s before it is live is reported, and there is nothing to terminate',
		async (status) => {
			const host = virtualHost(endsAt(9_000, json(200, { status })));
			const { outcome, terminations } = wait(host, { terminateOnFailure: true });
			const error = await errorOf(outcome);
			expect(error.message).toContain(status);
			expect(error.details).toMatchObject({ deploymentId: 'd' });
			expect(terminationRequests(host)).toEqual([]);
			expect(terminations).toEqual(['terminated']);
		},
	);

	test('a failed launch is reported with the API’s reason, the ID and how to terminate it', async () => {
		const host = virtualHost(endsAt(60_000, launchFailed));
		const error = await errorOf(wait(host).outcome);
		expect(error.message).toBe(
			'MonsterAPI could not start the deployment: Instance launch has failed',
		);
		expect(error.details.advice).toMatch(/Deployment d may .*Deployment > Terminate/);
		expect(error.details.deploymentId).toBe('d');
		expect(terminationRequests(host)).toEqual([]);
	});

	test('the timeout is kept, and the last known state is passed on', async () => {
		const host = virtualHost(endsAt(600_000, live));
		const { outcome } = wait(host, { timeoutMs: 300_000 });
		expect(await outcome).toMatchObject({
			kind: 'timedOut',
			deployment: { status: 'building', message: 'Instance is building' },
			termination: 'running',
			rateLimited: false,
		});
		expect(host.now()).toBe(300_000);
	});

	test('a rate limit that leaves no time for a last poll is passed on', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 494_000 ? building : json(429, {}, { 'retry-after': '120' }),
		);
		expect(await wait(host, { timeoutMs: 600_000 }).outcome).toMatchObject({
			kind: 'timedOut',
			deployment: { status: 'building' },
			rateLimited: true,
		});
	});

	test('errors of the API are polled through', async () => {
		const host = virtualHost((_request, { now }) => (now() < 120_000 ? json(503, '<html>') : live));
		expect(await wait(host).outcome).toMatchObject({ kind: 'live' });
	});

	test('a deployment that no longer exists is reported', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 60_000 ? building : json(404, { message: 'No such instance' }),
		);
		const error = await errorOf(wait(host).outcome);
		expect(error.message).toBe('MonsterAPI does not know this deployment');
		expect(error.details).toMatchObject({ deploymentId: 'd', retryable: false });
	});
});

describe('with terminateOnFailure', () => {
	test.each<[string, Responder, object]>([
		['fails', endsAt(60_000, launchFailed), {}],
		['is not live in time', endsAt(600_000, live), { timeoutMs: 60_000 }],
		['cannot be polled', (request) => (isTermination(request) ? terminated : json(401, {})), {}],
	])('a launch that %s is terminated once', async (_name, respond, more) => {
		const host = virtualHost(respond);
		const { outcome, terminations } = wait(host, { terminateOnFailure: true, ...more });
		const settled: unknown = await outcome.catch((error: unknown) => error);
		expect(JSON.stringify(settled)).toMatch(
			/"termination":"terminated"|Deployment d was terminated/,
		);
		expect(terminationRequests(host)).toHaveLength(1);
		expect(terminationRequests(host)[0]?.request).toMatchObject({
			body: { kind: 'json', value: { deployment_id: 'd', actor: 'user' } },
		});
		expect(terminations).toEqual(['terminated']);
	});

	test('a cancellation terminates it too, although nothing else is sent any more', async () => {
		const host = virtualHost(endsAt(600_000, live));
		host.at(60_000, () => host.stop());
		const { outcome, terminations } = wait(host, { terminateOnFailure: true });
		await expect(outcome).rejects.toBeInstanceOf(CancelledError);
		const late = host.requests.filter(({ at }) => at >= 60_000);
		expect(late.map(({ request }) => request)).toEqual([
			expect.objectContaining({
				url: 'https://api.test/v1/deploy/terminate',
				ignoresCancellation: true,
			}),
		]);
		expect(terminations).toEqual(['terminated']);
	});

	test('a cancellation terminates it even while a rate limit holds back everything else', async () => {
		const host = virtualHost((request) =>
			isTermination(request) ? terminated : json(429, {}, { 'retry-after': '100' }),
		);
		host.at(20_000, () => host.stop());
		const { outcome, terminations } = wait(host, { terminateOnFailure: true });
		await expect(outcome).rejects.toBeInstanceOf(CancelledError);
		expect(terminationRequests(host).map(({ at }) => at)).toEqual([20_000]);
		expect(terminations).toEqual(['terminated']);
	});

	test('a termination that was queued still has its minimum time', async () => {
		const host = virtualHost(async (request, { sleep }) => {
			if (isTermination(request)) return terminated;
			if (request.method === 'GET') return building;
			await sleep(55_000, request.signal);
			return json(200, { deployment_id: 'other' });
		});
		const client = clientOf(host);
		const options = { timeoutMs: Infinity, terminateOnFailure: true };
		const outcome = waitUntilLive(client, 'd', options, () => undefined).catch(() => undefined);
		host.at(20_000, () => {
			for (let other = 0; other < 10; other++) {
				void startDeployment(client, 'llm', { body: {}, secrets: [] });
			}
		});
		host.at(21_000, () => host.stop());
		await host.run(outcome);
		expect(terminationRequests(host)[0]?.request.timeoutMs).toBeGreaterThanOrEqual(5_000);
	});

	test('without it, a cancellation terminates nothing', async () => {
		const host = virtualHost(endsAt(600_000, live));
		host.at(60_000, () => host.stop());
		await expect(wait(host).outcome).rejects.toBeInstanceOf(CancelledError);
		expect(host.requests.filter(({ at }) => at >= 60_000)).toEqual([]);
	});

	test.each<[string, HttpResult]>([
		['keeps saying 501', json(501, { message: 'Deployment provision in progress' })],
		['cannot be reached', fault('ECONNREFUSED', 'no')],
		['gets a firewall’s page', json(403, '<html>Forbidden</html>')],
		['gets a 404 without a reason', json(404, {})],
	])(
		'a termination that %s is given up after two minutes and reported',
		async (_name, termination) => {
			const host = virtualHost(endsAt(60_000, launchFailed, termination));
			const failedAt = () => terminationRequests(host)[0]?.at ?? 0;
			const { outcome, terminations } = wait(host, { terminateOnFailure: true });
			const error = await errorOf(outcome);
			expect(error.message).toContain('Instance launch has failed');
			expect(error.details.advice).toMatch(/d could not be terminated.*Deployment > Terminate/);
			expect(error.details.retryable).toBe(false);
			expect(host.now() - failedAt()).toBeGreaterThan(60_000);
			expect(host.now() - failedAt()).toBeLessThanOrEqual(120_000);
			expect(terminationRequests(host).length).toBeGreaterThan(1);
			expect(host.logged.at(-1)?.message).toContain('deployment d could not be terminated');
			expect(terminations).not.toContain('terminated');
		},
	);

	test.each([
		json(409, { message: 'Already terminated' }),
		json(403, { message: 'No such instance' }),
		json(404, { detail: 'No such instance' }),
	])('a deployment that has already ended counts as terminated: %j', async (termination) => {
		const host = virtualHost(endsAt(10_000, launchFailed, termination));
		const { outcome, terminations } = wait(host, { terminateOnFailure: true });
		const error = await errorOf(outcome);
		expect(error.details.advice).toContain('Deployment d was terminated.');
		expect(error.details.retryable).toBe(true);
		expect(terminationRequests(host)).toHaveLength(1);
		expect(terminations).toEqual(['terminated']);
	});

	test('a fresh deployment that the API does not know yet is terminated once it does', async () => {
		const host = virtualHost((request, { now }) => {
			if (!isTermination(request)) return building;
			return now() < 25_000 ? json(403, { message: 'No such instance' }) : terminated;
		});
		host.at(10_000, () => host.stop());
		const { outcome, terminations } = wait(host, { terminateOnFailure: true });
		await expect(outcome).rejects.toBeInstanceOf(CancelledError);
		expect(terminationRequests(host).length).toBeGreaterThan(1);
		expect(host.logged.at(-1)?.message).toBe('MonsterAPI terminated deployment d');
		expect(terminations).toEqual(['terminated']);
	});

	test('after a cancellation a termination takes 30 seconds at most', async () => {
		const host = virtualHost(endsAt(600_000, live, json(501, {})));
		host.at(60_000, () => host.stop());
		const { outcome, terminations } = wait(host, { terminateOnFailure: true });
		await expect(outcome).rejects.toBeInstanceOf(CancelledError);
		expect(terminationRequests(host).length).toBeGreaterThan(1);
		expect(host.now()).toBeLessThanOrEqual(90_000);
		expect(terminations).toEqual(['unknown']);
	});
});
