import { MonsterApiError } from '../../../nodes/core/http/errors';
import { waitUntilLive, type TerminationStatus } from '../../../nodes/core/deployments/live';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { CancelledError, type HttpResult, type HttpRequest } from '../../../nodes/core/host';
import {
	building,
	clientOf,
	launchFailed,
	live,
	notStarted,
} from '../../support/fakes/deployment.cjs';
import {
	fault,
	json,
	virtualHost,
	type Responder,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const isEnding = ({ url }: HttpRequest) => url.endsWith('/deploy/terminate');

/** A launch that is over at a moment of virtual time, and an API that can end it. */
const overAt =
	(ms: number, end: HttpResult, ending: HttpResult = json(200, {})): Responder =>
	(request, host) => {
		if (isEnding(request)) return ending;
		if (host.now() >= ms) return end;
		return host.now() < ms / 4 ? notStarted : building;
	};

function wait(host: VirtualHost, more = {}) {
	const fates: TerminationStatus[] = [];
	const options = { timeoutMs: 1_800_000, terminateOnFailure: false, ...more };
	const waited = host.run(waitUntilLive(clientOf(host), 'd', options, (fate) => fates.push(fate)));
	return { waited, fates };
}

const endings = (host: VirtualHost) => host.requests.filter(({ request }) => isEnding(request));
const errorOf = async (promise: Promise<unknown>): Promise<MonsterApiError> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (!(error instanceof MonsterApiError)) throw new Error(`no MonsterApiError: ${String(error)}`);
	return error;
};

describe('waiting until live', () => {
	test('501 is waited out, and the end is seen within six seconds', async () => {
		const host = virtualHost(overAt(600_000, live));
		const { waited, fates } = wait(host);
		expect(await waited).toMatchObject({
			kind: 'live',
			deployment: { phase: 'live', url: 'https://d.test', token: 'the-token' },
		});
		expect(host.now() - 600_000).toBeLessThan(6_000);
		expect(host.requests.length).toBeLessThan(140);
		expect(fates).not.toContain('terminated');
	});

	test('a status that nobody has heard of counts as starting', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 20_000 ? json(200, { status: 'warming_up' }) : live,
		);
		expect(await wait(host).waited).toMatchObject({ kind: 'live' });
	});

	test.each(['terminatedBySystem', 'terminatedByUser', 'Terminated'])(
		'%s before it is live is told, and there is nothing to end',
		async (status) => {
			const host = virtualHost(overAt(9_000, json(200, { status })));
			const { waited, fates } = wait(host, { terminateOnFailure: true });
			const error = await errorOf(waited);
			expect(error.message).toContain(status);
			expect(error.details).toMatchObject({ deploymentId: 'd' });
			expect(endings(host)).toEqual([]);
			expect(fates).toEqual(['terminated']);
		},
	);

	test('a failed launch is told in the API’s words, with the id and how to end it', async () => {
		const host = virtualHost(overAt(60_000, launchFailed));
		const error = await errorOf(wait(host).waited);
		expect(error.message).toBe(
			'MonsterAPI could not start the deployment: Instance launch has failed',
		);
		expect(error.details.advice).toMatch(/Deployment d may .*Deployment > Terminate/);
		expect(error.details.deploymentId).toBe('d');
		expect(endings(host)).toEqual([]);
	});

	test('the time limit is kept, and what was seen last is passed on', async () => {
		const host = virtualHost(overAt(600_000, live));
		const { waited } = wait(host, { timeoutMs: 300_000 });
		expect(await waited).toMatchObject({
			kind: 'timedOut',
			deployment: { status: 'building', message: 'Instance is building' },
			fate: 'running',
			heldBack: false,
		});
		expect(host.now()).toBe(300_000);
	});

	test('a rate limit that leaves no time for a last look is passed on', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 494_000 ? building : json(429, {}, { 'retry-after': '120' }),
		);
		expect(await wait(host, { timeoutMs: 600_000 }).waited).toMatchObject({
			kind: 'timedOut',
			deployment: { status: 'building' },
			heldBack: true,
		});
	});

	test('faults of the API are waited out', async () => {
		const host = virtualHost((_request, { now }) => (now() < 120_000 ? json(503, '<html>') : live));
		expect(await wait(host).waited).toMatchObject({ kind: 'live' });
	});

	test('a deployment that is gone is told', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 60_000 ? building : json(404, { message: 'No such instance' }),
		);
		const error = await errorOf(wait(host).waited);
		expect(error.message).toBe('MonsterAPI does not know this deployment');
		expect(error.details).toMatchObject({ deploymentId: 'd', retryable: false });
	});
});

describe('with terminateOnFailure', () => {
	test.each<[string, Responder, object]>([
		['fails', overAt(60_000, launchFailed), {}],
		['is not live in time', overAt(600_000, live), { timeoutMs: 60_000 }],
		['cannot be asked for', (request) => (isEnding(request) ? json(200, {}) : json(401, {})), {}],
	])('a launch that %s is ended, once', async (_name, respond, more) => {
		const host = virtualHost(respond);
		const { waited, fates } = wait(host, { terminateOnFailure: true, ...more });
		const outcome: unknown = await waited.catch((error: unknown) => error);
		expect(JSON.stringify(outcome)).toMatch(/"fate":"terminated"|Deployment d was terminated/);
		expect(endings(host)).toHaveLength(1);
		expect(endings(host)[0]?.request).toMatchObject({
			body: { kind: 'json', value: { deployment_id: 'd', actor: 'user' } },
		});
		expect(fates).toEqual(['terminated']);
	});

	test('a stop ends it too, although nothing else leaves any more', async () => {
		const host = virtualHost(overAt(600_000, live));
		host.at(60_000, () => host.stop());
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		await expect(waited).rejects.toBeInstanceOf(CancelledError);
		const late = host.requests.filter(({ at }) => at >= 60_000);
		expect(late.map(({ request }) => request)).toEqual([
			expect.objectContaining({ url: 'https://api.test/v1/deploy/terminate', outlivesStop: true }),
		]);
		expect(fates).toEqual(['terminated']);
	});

	test('a stop ends it also while everything else is held back', async () => {
		const host = virtualHost((request) =>
			isEnding(request) ? json(200, {}) : json(429, {}, { 'retry-after': '100' }),
		);
		host.at(20_000, () => host.stop());
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		await expect(waited).rejects.toBeInstanceOf(CancelledError);
		expect(endings(host).map(({ at }) => at)).toEqual([20_000]);
		expect(fates).toEqual(['terminated']);
	});

	test('an ending that stood in line has its time all the same', async () => {
		const host = virtualHost(async (request, { sleep }) => {
			if (isEnding(request)) return json(200, {});
			if (request.method === 'GET') return building;
			await sleep(55_000, request.signal);
			return json(200, { deployment_id: 'other' });
		});
		const client = clientOf(host);
		const options = { timeoutMs: Infinity, terminateOnFailure: true };
		const waited = waitUntilLive(client, 'd', options, () => undefined).catch(() => undefined);
		host.at(20_000, () => {
			for (let other = 0; other < 10; other++) {
				void startDeployment(client, 'llm', { body: {}, secrets: [] });
			}
		});
		host.at(21_000, () => host.stop());
		await host.run(waited);
		expect(endings(host)[0]?.request.timeoutMs).toBeGreaterThanOrEqual(5_000);
	});

	test('without it, a stop ends nothing', async () => {
		const host = virtualHost(overAt(600_000, live));
		host.at(60_000, () => host.stop());
		await expect(wait(host).waited).rejects.toBeInstanceOf(CancelledError);
		expect(host.requests.filter(({ at }) => at >= 60_000)).toEqual([]);
	});

	test.each<[string, HttpResult]>([
		['keeps saying 501', json(501, { message: 'Deployment provision in progress' })],
		['is away', fault('ECONNREFUSED', 'no')],
		['meets a page of a firewall', json(403, '<html>Forbidden</html>')],
		['meets a 404 without a reason', json(404, {})],
	])('an ending that %s is given up after two minutes, and said', async (_name, ending) => {
		const host = virtualHost(overAt(60_000, launchFailed, ending));
		const failedAt = () => endings(host)[0]?.at ?? 0;
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		const error = await errorOf(waited);
		expect(error.message).toContain('Instance launch has failed');
		expect(error.details.advice).toMatch(/d could not be terminated.*Deployment > Terminate/);
		expect(error.details.retryable).toBe(false);
		expect(host.now() - failedAt()).toBeGreaterThan(60_000);
		expect(host.now() - failedAt()).toBeLessThanOrEqual(120_000);
		expect(endings(host).length).toBeGreaterThan(1);
		expect(host.logged.at(-1)?.message).toContain('deployment d could not be terminated');
		expect(fates).not.toContain('terminated');
	});

	test.each([
		json(409, { message: 'Already terminated' }),
		json(403, { message: 'No such instance' }),
		json(404, { detail: 'No such instance' }),
	])('one that has ended already counts as ended: %j', async (ending) => {
		const host = virtualHost(overAt(10_000, launchFailed, ending));
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		const error = await errorOf(waited);
		expect(error.details.advice).toContain('Deployment d was terminated.');
		expect(error.details.retryable).toBe(true);
		expect(endings(host)).toHaveLength(1);
		expect(fates).toEqual(['terminated']);
	});

	test('a fresh deployment that the API does not know yet is ended once it does', async () => {
		const host = virtualHost((request, { now }) => {
			if (!isEnding(request)) return building;
			return now() < 25_000 ? json(403, { message: 'No such instance' }) : json(200, {});
		});
		host.at(10_000, () => host.stop());
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		await expect(waited).rejects.toBeInstanceOf(CancelledError);
		expect(endings(host).length).toBeGreaterThan(1);
		expect(host.logged.at(-1)?.message).toBe('MonsterAPI terminated deployment d');
		expect(fates).toEqual(['terminated']);
	});

	test('after a stop an ending takes 30 seconds at most', async () => {
		const host = virtualHost(overAt(600_000, live, json(501, {})));
		host.at(60_000, () => host.stop());
		const { waited, fates } = wait(host, { terminateOnFailure: true });
		await expect(waited).rejects.toBeInstanceOf(CancelledError);
		expect(endings(host).length).toBeGreaterThan(1);
		expect(host.now()).toBeLessThanOrEqual(90_000);
		expect(fates).toEqual(['unknown']);
	});
});
