import type { INodeExecutionData } from 'n8n-workflow';

import { llm, running, useDeployments } from '../support/engine/deployments.cjs';

const session = useDeployments();
const state = () => session.emulator.state;
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: '={{ $json.prompt }}',
};
// n8n takes 0 for its default, a second.
const threeTries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;
const prompts = (count: number, failing = -1): INodeExecutionData[] =>
	Array.from({ length: count }, (_none, index) => ({
		json: { prompt: index === failing ? '[fail: no]' : `Question ${index}.` },
	}));
const submissions = () => session.calls().filter((call) => call.startsWith('POST /v1/generate/'));

test('30 items, one of which always fails: only that one is submitted again', async () => {
	const { error } = await session.run(write, { items: prompts(30, 7), settings: threeTries });
	expect(error?.message).toContain('no');
	expect(submissions()).toHaveLength(32);
	// Every accepted job is still named, also those that the last try did not submit.
	const paid = [...state().jobs].filter(([, { failure }]) => failure === undefined);
	expect(paid).toHaveLength(29);
	for (const [id] of paid) expect(error?.description).toContain(id);
});

test('when the last try succeeds, the output is complete and in order', async () => {
	state().faults.push({ method: 'POST', path: '/v1/generate/', status: 400 });
	const { items, error } = await session.run(write, { items: prompts(5), settings: threeTries });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(5);
	items.forEach(({ json }, index) => {
		expect(json['text']).toContain(`Question ${index}.`);
	});
	expect(state().jobs.size).toBe(5);
});

test('with On Error set to continue, n8n retries if the first item failed: nothing else is submitted again', async () => {
	const { items } = await session.run(write, {
		items: prompts(4, 0),
		settings: { ...threeTries, onError: 'continueRegularOutput' },
	});
	expect(items.map(({ json }) => 'error' in json)).toEqual([true, false, false, false]);
	expect(submissions()).toHaveLength(6);
});

test('jobs that were handed over are not handed over again', async () => {
	const handOver = { ...write, waitForCompletion: false };
	state().faults.push({ method: 'POST', path: '/v1/generate/', status: 402 });
	const { items } = await session.run(handOver, {
		items: prompts(3),
		settings: { ...threeTries, onError: 'continueRegularOutput' },
	});
	const ids = items.map(({ json }) => json['process_id']);
	expect(ids.sort()).toEqual([...state().jobs.keys()].sort());
	expect(submissions()).toHaveLength(4);
});

test('a job whose acceptance was lost is not submitted again', async () => {
	state().faults.push({ method: 'POST', path: '/v1/generate/', drop: 'after' });
	const { error } = await session.run(write, { items: prompts(1), settings: threeTries });
	expect(error?.message).toContain('before MonsterAPI confirmed');
	expect(submissions()).toHaveLength(1);
});

test('a time-out is waited for again, not paid again', async () => {
	state().settings.workMs = 3_600_000;
	const { error } = await session.run(
		{ ...write, options: { timeout: 0.3 } },
		{ items: prompts(2), settings: threeTries },
	);
	expect(error?.message).toContain('did not end within');
	expect(submissions()).toHaveLength(2);
});

test('another request of the same item is another job', async () => {
	const random = { ...write, prompt: '={{ "[fail: no] " + Math.random() }}' };
	await session.run(random, { items: prompts(1), settings: threeTries });
	expect(submissions()).toHaveLength(3);
});

test('another execution submits anew', async () => {
	for (let execution = 0; execution < 2; execution++) {
		await session.run(
			{ ...write, options: { timeout: 0.3 } },
			{ items: prompts(1), settings: threeTries },
		);
	}
	expect(submissions()).toHaveLength(2);
});

describe('deployments', () => {
	const launches = () => session.calls().filter((call) => call === 'POST /v1/deploy/llm');

	test('one that is not live in time is waited for again, not started again', async () => {
		state().settings.deployBuildMs = 3_600_000;
		const { error } = await session.run(
			{ ...llm, options: { timeout: 0.3 } },
			{ settings: threeTries },
		);
		expect(error?.message).toContain('was not live');
		expect(launches()).toHaveLength(1);
		expect(running(session)).toHaveLength(1);
	});

	test('one that was terminated after the failure is started again', async () => {
		state().settings.deployFail = true;
		await session.run({ ...llm, terminateOnFailure: true }, { settings: threeTries });
		expect(launches()).toHaveLength(3);
		const terminations = session.calls().filter((call) => call.endsWith('/terminate'));
		expect(terminations).toHaveLength(3);
	});

	test('a failed launch that was not terminated may cost money, so no other is started', async () => {
		state().settings.deployFail = true;
		const { error } = await session.run(llm, { settings: threeTries });
		expect(error?.message).toContain('could not start the deployment');
		expect(launches()).toHaveLength(1);
	});
});
