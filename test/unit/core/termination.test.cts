import { terminateDeployment } from '../../../nodes/core/deployments/terminate';
import { tryTerminate } from '../../../nodes/core/deployments/waitUntilLive';
import type { HttpResult } from '../../../nodes/core/host';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import {
	building,
	clientOf,
	launchFailed,
	live,
	terminated,
} from '../../support/fakes/deployment.cjs';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const ended = json(200, { status: 'terminatedByUser', message: 'Instance is terminatedByUser' });
const noSuch = json(404, { message: 'No such instance' });

/** An API that answers terminations and status reads in turn; the last answer is repeated. */
const api = (terminations: HttpResult[], states: HttpResult[]): VirtualHost => {
	const next = (answers: HttpResult[]) =>
		(answers.length > 1 ? answers.shift() : answers[0]) ?? fault('UNEXPECTED', 'no', false);
	return virtualHost(({ method }) => next(method === 'POST' ? terminations : states));
};

const settle = async (host: VirtualHost) =>
	await host.run(
		terminateDeployment(clientOf(host), 'd').catch((error: unknown) => {
			if (error instanceof MonsterApiError) return error;
			throw error;
		}),
	);

const sent = (host: VirtualHost) => host.requests.map(({ request }) => request.method).join(' ');
const log = (host: VirtualHost) => host.logged.map(({ message }) => message);

/* What any server may answer with 200, whether or not anything was terminated. */
const noEvidence: Array<[string, HttpResult]> = [
	['a page', json(200, '<!doctype html><html>This domain is parked</html>')],
	['an empty body', json(200, '')],
	['nothing, with 204', json(204, '')],
	['JSON that breaks off', json(200, '{"message":"Instance Termin')],
	['an empty object', json(200, {})],
	['a list', json(200, [])],
	['a text', json(200, 'Instance Terminated')],
	['an error', json(200, { status: 'error' })],
	['an error with the right words', json(200, { status: 'error', message: 'Instance Terminated' })],
	['success: false', json(200, { success: false, message: 'Instance Terminated' })],
	['an error beside it', json(200, { message: 'Instance Terminated', error: 'database' })],
	['a denial', json(200, { message: 'Instance could not be terminated' })],
	['another denial', json(200, { message: "Instance wasn't terminated" })],
	['a promise', json(200, { message: 'Instance will be terminated' })],
	['another deployment', json(200, { message: 'Instance Terminated', deployment_id: 'other' })],
	['a firewall’s 409', json(409, '<html>Conflict</html>')],
];

describe('a termination', () => {
	test.each<[string, HttpResult, boolean]>([
		['the reported words', terminated, false],
		['its own status', json(200, { status: 'terminatedByUser' }), false],
		['its ID', json(200, { message: 'Instance Terminated', deployment_id: 'd' }), false],
		['409', json(409, { message: 'Deployment Already terminated by System / User' }), true],
	])('that is confirmed by %s costs one request', async (_name, answer, alreadyEnded) => {
		const host = api([answer], []);
		expect(await settle(host)).toMatchObject({ confirmed: true, alreadyEnded });
		expect(sent(host)).toBe('POST');
		expect(log(host)).toEqual(['MonsterAPI terminated deployment d']);
	});

	test.each(noEvidence)('is not believed because of %s', async (_name, answer) => {
		const host = api([answer], [live]);
		const error = await settle(host);
		expect(error).toMatchObject({
			message: 'MonsterAPI did not confirm that the deployment was terminated',
			details: {
				deploymentId: 'd',
				retryable: true,
				advice: expect.stringMatching(
					/Deployment d may still be running and cost money: check with Deployment > Get/,
				),
			},
		});
		expect(sent(host)).toBe('POST GET POST GET POST GET');
		expect(host.now()).toBeLessThan(20_000);
		expect(log(host)).toEqual([]);
	});

	test.each(noEvidence)('answered by %s is confirmed by the status', async (_name, answer) => {
		const host = api([answer], [ended]);
		expect(await settle(host)).toMatchObject({
			confirmed: true,
			raw: { status: 'terminatedByUser' },
		});
		expect(sent(host)).toBe('POST GET');
		expect(log(host)).toEqual(['MonsterAPI terminated deployment d']);
	});

	test.each<[string, HttpResult]>([
		['building', building],
		['a failed launch, which may run', launchFailed],
		['a page', json(200, '<html>')],
		['a page with 400', json(400, '<html>')],
		['a 404 without a reason', json(404, '<html>')],
		['unreachable', fault('ECONNREFUSED', 'no', false)],
	])('is not confirmed by a status that is %s', async (_name, state) => {
		const host = api([json(200, '')], [state]);
		expect(await settle(host)).toBeInstanceOf(MonsterApiError);
		expect(host.requests.length).toBeLessThanOrEqual(9);
	});

	test('may be confirmed later, or by an API that forgets what has ended', async () => {
		const later = api([json(200, '')], [live, ended]);
		expect(await settle(later)).toMatchObject({ alreadyEnded: false });
		expect(await settle(api([json(200, '')], [noSuch]))).toMatchObject({ confirmed: true });
		const again = api([json(200, ''), json(403, { message: 'No such instance' })], [live]);
		expect(await settle(again)).toMatchObject({ confirmed: true, alreadyEnded: false });
		const second = api([json(200, { status: 'error' }), terminated], [live]);
		expect(await settle(second)).toMatchObject({ confirmed: true, alreadyEnded: false });
	});

	test('quotes what the API says instead, and passes on no token', async () => {
		const refused = await settle(api([json(200, { error: 'the-key is locked' })], [live]));
		expect(refused).toMatchObject({
			details: { advice: expect.stringMatching(/^MonsterAPI answered: … is locked Deployment d/) },
		});
		const state = json(200, { status: 'terminatedByUser', api_auth_token: 'hush' });
		expect(JSON.stringify(await settle(api([json(200, '')], [state])))).not.toContain('hush');
	});

	test('waits out a deployment that is still being prepared', async () => {
		const host = virtualHost((_request, { now }) =>
			now() < 20_000 ? json(501, { message: 'Deployment provision in progress' }) : terminated,
		);
		expect(await settle(host)).toMatchObject({ alreadyEnded: false });
		expect(log(host)).toEqual(['MonsterAPI terminated deployment d']);
	});

	test('is retried after a broken connection: terminating twice is harmless', async () => {
		const host = api(
			[fault('ECONNRESET', 'maybe'), json(409, { message: 'Already terminated' })],
			[],
		);
		expect(await settle(host)).toMatchObject({
			alreadyEnded: true,
			raw: { message: 'Already terminated' },
		});
	});

	test.each<[string, HttpResult, boolean]>([
		['is not allowed', json(401, { message: 'Unauthorised' }), true],
		['meets a firewall', json(403, '<html>Forbidden</html>'), true],
		['has an unknown ID', json(403, { message: 'No such instance' }), false],
	])('that %s names its deployment: %p', async (_name, answer, mayRun) => {
		const error = await settle(api([answer], []));
		expect(error).toMatchObject({ details: { deploymentId: 'd' } });
		expect(JSON.stringify(error).includes('Deployment d may still be running')).toBe(mayRun);
	});
});

test.each(noEvidence)('a failed launch is not terminated by %s', async (_name, answer) => {
	const host = api([answer], [building]);
	const termination = await host.run(tryTerminate(clientOf(host), 'd', 0));
	expect(termination).toBe('unknown');
	expect(log(host)).toEqual([
		'MonsterAPI deployment d could not be terminated: MonsterAPI did not confirm that the deployment was terminated',
	]);
});

test('a fresh deployment that the API does not know yet has not ended', async () => {
	const host = api([json(200, '')], [noSuch]);
	expect(await host.run(tryTerminate(clientOf(host), 'd', 30_000))).toBe('unknown');
});
