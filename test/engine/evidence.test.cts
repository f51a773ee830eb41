import type { IDataObject } from 'n8n-workflow';

import {
	byId,
	deployment,
	launch,
	llm,
	running,
	useDeployments,
} from '../support/engine/deployments.cjs';
import { listen, type Listener } from '../support/engine/callbacks.cjs';
import { logLines } from '../support/engine/engine.cjs';
import { apiKey } from '../support/engine/session.cjs';

const session = useDeployments();
const state = () => session.emulator.state;
const page = { status: 200, body: '<html>This domain is parked</html>', contentType: 'text/html' };

/** What follows the last launch. */
const callsAfter = (action: string) => {
	const calls = session.calls();
	return calls.slice(calls.indexOf(action));
};

describe('a termination that only a page answers', () => {
	const terminate = async (id: string) => await session.run(deployment('terminate', byId(id)));

	test('is an error with the ID, and nothing says that it was made', async () => {
		const id = await launch(session);
		state().faults.push({ path: '/v1/deploy/terminate', times: 3, ...page });
		const { error, items } = await terminate(id);
		expect(items).toEqual([]);
		expect(error?.message).toBe('MonsterAPI did not confirm that the deployment was terminated');
		expect(error?.description).toContain(`Deployment ${id} may still be running`);
		expect(logLines.join()).not.toContain('terminated deployment');
		expect(running(session)).toHaveLength(1);
	});

	test('is repeated, and confirmed', async () => {
		const id = await launch(session);
		state().faults.push({ path: '/v1/deploy/terminate', ...page });
		const { items } = await terminate(id);
		expect(items[0]?.json).toMatchObject({ terminated: true, already_terminated: false });
		expect(running(session)).toEqual([]);
		const post = 'POST /v1/deploy/terminate';
		expect(callsAfter(post)).toEqual([post, `GET /v1/deploy/status/${id}`, post]);
	});

	test('is confirmed by the status', async () => {
		const id = await launch(session);
		const found = state().deployments.get(id);
		if (found !== undefined) found.ended = 'terminatedByUser';
		state().faults.push({ path: '/v1/deploy/terminate', ...page });
		const { items } = await terminate(id);
		expect(items[0]?.json).toEqual({
			deployment_id: id,
			status: 'terminatedByUser',
			message: 'Instance is terminatedByUser',
			terminated: true,
			already_terminated: false,
		});
	});

	test('does not hide that a failed launch may be running', async () => {
		state().settings.deployFail = true;
		state().faults.push({ path: '/v1/deploy/terminate', times: 3, ...page });
		const { error } = await session.run({ ...llm, terminateOnFailure: true });
		expect(error?.description).toMatch(/could not be terminated, so it may be running/);
	});
});

test('a launch that is answered with an ID and a failure is an error with the ID', async () => {
	const body = { status: 'error', message: 'no capacity', deployment_id: 'd-1' };
	state().faults.push({ path: '/v1/deploy/llm', status: 200, body });
	const { error, items } = await session.run({ ...llm, waitUntilLive: false });
	expect(items).toEqual([]);
	expect(error?.message).toBe('MonsterAPI could not start the deployment: no capacity');
	expect(error?.description).toContain('Deployment d-1 may be running and cost money');
});

describe('a webhook', () => {
	const webhook = (operation: string, parameters: IDataObject = {}) => ({
		resource: 'webhook',
		operation,
		webhookName: { __rl: true, mode: 'name', value: 'mine' },
		...parameters,
	});

	test('that only a page answers is not created', async () => {
		state().faults.push({ method: 'POST', path: '/v1/webhook', ...page });
		const { error, items } = await session.run(
			webhook('create', { webhookUrl: 'https://example.test/' }),
		);
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/^MonsterAPI did not confirm that the webhook/);
	});

	test('whose deletion only the list shows is deleted', async () => {
		state().faults.push({ method: 'DELETE', status: 200, body: '' });
		const { items } = await session.run(webhook('delete'));
		expect(items[0]?.json).toEqual({ deleted: true, url_name: 'mine' });
		expect(session.calls()).toEqual(['DELETE /v1/webhook', 'GET /v1/webhook']);
	});
});

describe('a trigger', () => {
	let listener: Listener | undefined;
	beforeEach(async () => {
		listener = await listen({
			credential: { apiKey, baseUrl: session.emulator.baseUrl },
			parameters: { webhookName: 'mine' },
			settings: { webhookId: 'hook-evidence' },
		});
	});
	afterEach(async () => {
		await listener?.close();
	});

	test('is not published unregistered', async () => {
		state().faults.push({ method: 'POST', path: '/v1/webhook', ...page });
		await expect(listener?.hook('create')).rejects.toMatchObject({
			message: expect.stringMatching(
				/^MonsterAPI did not confirm that the webhook 'mine' is registered\. .*Get Many/,
			),
		});
		expect(state().webhooks.size).toBe(0);
	});

	test('that may still be registered leaves a line in the log', async () => {
		await listener?.hook('create');
		state().faults.push({ method: 'DELETE', path: '/v1/webhook', ...page });
		expect(await listener?.hook('delete')).toBe(false);
		expect(logLines).toContainEqual(
			expect.stringMatching(/^warn .*could not be deleted.*did not confirm/),
		);
		expect(state().webhooks.size).toBe(1);
	});
});
