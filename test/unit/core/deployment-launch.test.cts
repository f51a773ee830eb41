import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { CancelledError, type HttpResult } from '../../../nodes/core/host';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: ['the-key'] });

const errorOf = async (promise: Promise<unknown>): Promise<MonsterApiError> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (!(error instanceof MonsterApiError)) throw new Error(`no MonsterApiError: ${String(error)}`);
	return error;
};

describe('a launch', () => {
	const start = async (host: VirtualHost) =>
		await host.run(
			startDeployment(clientOf(host), 'llm', { body: { a: 1 }, secrets: ['hunter2!'] }),
		);

	test('is logged with its ID', async () => {
		const host = virtualHost(() => json(200, { deployment_id: 'd-1' }));
		expect(await start(host)).toMatchObject({ id: 'd-1' });
		expect(host.logged.map(({ message }) => message)).toEqual([
			'MonsterAPI started deployment d-1',
		]);
	});

	test.each<[string, HttpResult]>([
		['a broken connection', fault('ECONNRESET', 'maybe')],
		['a time-out', fault('ETIMEDOUT', 'maybe')],
		['an answer without an id', json(200, { message: 'ok' })],
		['a page', json(200, '<html>')],
		['an id that is none', json(200, { deployment_id: '../x' })],
	])('is sent once, whatever happens: %s', async (_name, answer) => {
		const host = virtualHost(() => answer);
		const error = await errorOf(start(host));
		expect(host.requests).toHaveLength(1);
		expect(error.details).toMatchObject({ maybeAccepted: true, retryable: false });
		expect(error.details.advice).toContain('Deployment > Get Many');
	});

	test.each([500, 502, 504, 408])('is sent once when the API answers %i', async (status) => {
		const host = virtualHost(() => json(status, { message: 'Failure' }));
		const error = await errorOf(start(host));
		expect(host.requests).toHaveLength(1);
		expect(error.details).toMatchObject({ maybeAccepted: true, retryable: false, status });
		expect(error.details.advice).toContain('Deployment > Get Many');
	});

	test('is sent again if it definitely was not accepted', async () => {
		const answers = [json(429, {}), fault('ECONNREFUSED', 'no'), json(200, { deployment_id: 'd' })];
		const host = virtualHost(() => answers.shift() ?? json(500, {}));
		expect(await start(host)).toMatchObject({ id: 'd' });
		expect(host.requests).toHaveLength(3);
	});

	test('is not cancelled with the execution: its ID must be known', async () => {
		const host = virtualHost(async (request, { sleep }) => {
			await sleep(2_000, request.signal);
			return json(200, { deployment_id: 'd' });
		});
		host.at(1_000, () => host.stop());
		expect(await start(host)).toMatchObject({ id: 'd' });
		expect(host.requests[0]?.request.ignoresCancellation).toBe(true);
	});

	test.each<[string, HttpResult]>([
		['has no id', json(200, { message: 'ok' })],
		['never comes', fault('ETIMEDOUT', 'maybe')],
	])(
		'leaves a trace in the log when the execution is cancelled and the answer %s',
		async (_name, answer) => {
			const host = virtualHost(async (request, { sleep }) => {
				await sleep(2_000, request.signal);
				return answer;
			});
			host.at(1_000, () => host.stop());
			const error = await errorOf(start(host));
			expect(error.details.maybeAccepted).toBe(true);
			expect(host.logged.at(-1)?.message).toMatch(/may have started.*Deployment > Get Many/);
		},
	);

	test('may take five minutes: after a timeout its ID would be unknown', async () => {
		const host = virtualHost(() => json(200, { deployment_id: 'd' }));
		await start(host);
		expect(host.requests[0]?.request.timeoutMs).toBe(300_000);
	});

	test('does not start after a cancellation', async () => {
		const host = virtualHost(() => json(200, { deployment_id: 'd' }));
		host.stop();
		await expect(start(host)).rejects.toBeInstanceOf(CancelledError);
		expect(host.requests).toEqual([]);
	});

	test('redacts its secrets in errors', async () => {
		const host = virtualHost(() => json(422, { detail: [{ msg: 'hunter2! is too short' }] }));
		const error = await errorOf(start(host));
		expect(error.details.advice).toContain('… is too short');
	});
});
