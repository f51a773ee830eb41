import type { IDataObject } from 'n8n-workflow';
import { setTimeout as pause } from 'node:timers/promises';

import { llm, running, useDeployments } from '../support/engine/deployments.cjs';
import { logLines } from '../support/engine/engine.cjs';

const session = useDeployments();
const state = () => session.emulator.state;

describe('deployLlm', () => {
	test('waits through 501 and building until it is live, and returns URL and token', async () => {
		Object.assign(state().settings, { deployPendingMs: 1_500, deployBuildMs: 400 });
		const { items, error } = await session.run(llm);
		expect(error).toBeUndefined();
		const [id = ''] = [...state().deployments.keys()];
		expect(items).toEqual([
			{
				json: {
					deployment_id: id,
					message: 'Server has started !!!',
					status: 'live',
					URL: `${session.emulator.origin}/deployments/${id}`,
					api_auth_token: state().deployments.get(id)?.apiAuthToken,
				},
				pairedItem: { item: 0 },
			},
		]);
		const answers = state().requests.map(({ path, status }) => `${path} ${status}`);
		expect(answers).toContain(`/v1/deploy/status/${id} 501`);
		expect(logLines.join('\n')).toContain(`MonsterAPI started deployment ${id}`);
	});

	test('returns its ID at once if it does not wait', async () => {
		const { items } = await session.run({ ...llm, waitUntilLive: false });
		expect(items[0]?.json).toEqual({
			message: 'Deployment Launched',
			deployment_id: expect.any(String),
		});
		expect(session.calls()).toEqual(['POST /v1/deploy/llm']);
	});

	test('a failed launch mentions the ID and how to terminate it; nothing is terminated', async () => {
		const parameters = { deployment_name: '[fail: no GPU is free]' };
		const { error } = await session.run({ ...llm, parameters });
		const [id = ''] = [...state().deployments.keys()];
		expect(error?.message).toContain('no GPU is free');
		expect(error?.description?.split(id)).toHaveLength(2);
		expect(error?.description).toContain('Deployment > Terminate');
		expect(session.calls()).not.toContain('POST /v1/deploy/terminate');
	});

	test.each<[string, IDataObject, IDataObject]>([
		['fails', { deployFail: true }, {}],
		['is not live in time', { deployBuildMs: 3_600_000 }, { timeout: 0.5 }],
	])('with terminateOnFailure, one that %s is ended', async (_name, settings, options) => {
		Object.assign(state().settings, settings);
		const { error } = await session.run({
			...llm,
			terminateOnFailure: true,
			options,
		});
		const [id = ''] = [...state().deployments.keys()];
		expect(error?.description).toContain(`Deployment ${id} was terminated.`);
		expect(error?.description).not.toContain('may cost money');
		expect(session.calls().at(-1)).toBe('POST /v1/deploy/terminate');
	});

	describe('with terminateOnFailure, one that is live already', () => {
		const two = {
			...llm,
			parameters: { deployment_name: '={{ $json.name }}' },
			terminateOnFailure: true,
		};
		const items = [{ json: { name: 'a' } }, { json: { name: '[slow 1] [fail]' } }];
		// A failed launch has nothing to terminate.
		const liveOnes = () =>
			running(session).flatMap(({ name, failure }) => (failure === undefined ? [name] : []));

		test('is terminated when another item fails: n8n drops its output', async () => {
			const { error } = await session.run(two, { items });
			expect(error?.message).toContain('could not start the deployment');
			expect(liveOnes()).toEqual([]);
			expect(error?.description).not.toContain('may cost money');
		});

		test('keeps running if the node continues on errors', async () => {
			const settings = { onError: 'continueRegularOutput' } as const;
			await session.run(two, { items, settings });
			expect(liveOnes()).toEqual(['a']);
		});

		test('is terminated when the execution is cancelled', async () => {
			state().settings.deployBuildMs = 0;
			const slow = [{ json: { name: 'a' } }, { json: { name: '[slow 3600]' } }];
			const begun = session.begin(two, { items: slow });
			while (session.calls().filter((call) => call.includes('/status/')).length < 3) await pause(5);
			begun.stop();
			await begun.run;
			while (running(session).length > 0) await pause(5);
			expect(session.calls().filter((call) => call.endsWith('/terminate'))).toHaveLength(2);
		});

		test('is mentioned if it cannot be terminated', async () => {
			state().faults.push({ path: '/v1/deploy/terminate', status: 401, times: 9 });
			const { error } = await session.run(two, { items });
			expect(error?.description).toContain(`item 0: ${running(session)[0]?.id}`);
		});
	});

	test('with waitUntilLive off, nothing is terminated, and the options about waiting are ignored', async () => {
		const { error } = await session.run(
			{
				...llm,
				waitUntilLive: '={{ $json.wait }}',
				terminateOnFailure: 'perhaps',
				options: { timeout: -1, maxConcurrency: 1 },
			},
			{ items: [{ json: { wait: false } }, { json: { wait: 'perhaps' } }] },
		);
		expect(error?.message).toContain("'Wait Until Live' must be true or false");
		expect(running(session)).toHaveLength(1);
		expect(session.calls()).toEqual(['POST /v1/deploy/llm']);
	});

	test('with terminateOnFailure, a cancellation terminates it through n8n’s own request helper', async () => {
		state().settings.deployBuildMs = 3_600_000;
		const begun = session.begin({ ...llm, terminateOnFailure: true });
		while (!session.calls().some((call) => call.includes('/status/'))) await pause(5);
		begun.stop();
		await begun.run;
		while (running(session).length > 0) await pause(5);
		expect(session.calls().at(-1)).toBe('POST /v1/deploy/terminate');
		expect(logLines.join('\n')).toContain('MonsterAPI terminated deployment');
	});

	test('a cancellation alone terminates nothing, and the log has the ID', async () => {
		state().settings.deployBuildMs = 3_600_000;
		const begun = session.begin(llm);
		while (!session.calls().some((call) => call.includes('/status/'))) await pause(5);
		begun.stop();
		await begun.run;
		await pause(300);
		expect(running(session)).toHaveLength(1);
		expect(session.calls()).not.toContain('POST /v1/deploy/terminate');
		expect(logLines.join('\n')).toContain(`started deployment ${running(session)[0]?.id}`);
	});

	test('a cancellation during the launch does not lose it', async () => {
		state().faults.push({ method: 'POST', path: '/v1/deploy/llm', delayMs: 300 });
		const begun = session.begin({ ...llm, terminateOnFailure: true });
		while (state().openRequests === 0) await pause(5);
		begun.stop();
		await begun.run;
		while (session.calls().at(-1) !== 'POST /v1/deploy/terminate') await pause(5);
		expect(running(session)).toEqual([]);
	});

	test('a pause longer than a timer allows is no busy loop', async () => {
		state().settings.deployBuildMs = 3_600_000;
		const options = { pollIntervalSeconds: 3_000_000, timeout: 0 };
		const begun = session.begin({ ...llm, options });
		while (running(session).length === 0) await pause(5);
		await pause(200);
		begun.stop();
		await begun.run;
		expect(session.calls()).toEqual(['POST /v1/deploy/llm']);
	});

	test('after a timeout it can be returned in its current state', async () => {
		state().settings.deployBuildMs = 3_600_000;
		const { items, error } = await session.run({
			...llm,
			options: { timeout: 0.5, onTimeout: 'return' },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({
			deployment_id: running(session)[0]?.id,
			status: 'building',
			timed_out: true,
			terminated: false,
		});
	});

	test('reports a rate limit that left no time to poll', async () => {
		const headers = { 'retry-after': '90' };
		state().faults.push({ path: '/v1/deploy/status', status: 429, headers, times: 9 });
		const options = { pollIntervalSeconds: 1, timeout: 60 };
		const { error } = await session.run({ ...llm, options });
		expect(error?.message).toContain('rate limit left no time');
		expect(error?.description).toContain(running(session)[0]?.id);
	});

	test('one item’s failure does not affect the others, and mentions its deployment', async () => {
		const { items } = await session.run(
			{ ...llm, parameters: { deployment_name: '={{ $json.name }}' } },
			{
				items: [{ json: { name: 'a' } }, { json: { name: '[fail]' } }, { json: { name: 'c' } }],
				settings: { onError: 'continueRegularOutput' },
			},
		);
		expect(items.map(({ json, pairedItem }) => [json['status'], pairedItem])).toEqual([
			['live', { item: 0 }],
			[undefined, { item: 1 }],
			['live', { item: 2 }],
		]);
		const failed = [...state().deployments.values()].find(({ name }) => name === '[fail]');
		expect(items[1]?.json).toMatchObject({ deployment_id: failed?.id, retryable: false });
	});
});
