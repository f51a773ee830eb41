import type { IDataObject } from 'n8n-workflow';

import { byId, deployment, launch, useDeployments } from '../support/engine/deployments.cjs';
import { logLines, textOf } from '../support/engine/engine.cjs';
import { apiKey } from '../support/engine/session.cjs';

const session = useDeployments();
const state = () => session.emulator.state;
let id = '';

beforeEach(async () => {
	id = await launch(session, { promptTemplate: 'Q: {question} A: {answer}' });
	state().requests = [];
});

const ask = (parameters: IDataObject): IDataObject =>
	deployment('generate', { ...byId(id), inputType: 'prompt', ...parameters });

test.each(['double', 'plain'] as const)('a response packed %s is parsed', async (deployAnswer) => {
	state().settings.deployAnswer = deployAnswer;
	const { items, error } = await session.run(ask({ prompt: 'Why?' }));
	expect(error).toBeUndefined();
	expect(items).toEqual([
		{
			json: { deployment_id: id, text: expect.stringContaining('Why?') },
			pairedItem: { item: 0 },
		},
	]);
	expect(session.calls()).toEqual([
		`GET /v1/deploy/status/${id}`,
		`POST /deployments/${id}/generate`,
	]);
});

test('input variables are filled into the prompt template', async () => {
	const { items } = await session.run(
		ask({ inputType: 'variables', inputVariables: '{ "question": "Where?" }' }),
	);
	expect(items[0]?.json['text']).toContain('Where?');
});

test('several answers are all returned', async () => {
	const { items } = await session.run(ask({ prompt: 'Why?', parameters: { n: 3 } }));
	const { texts } = items[0]?.json ?? {};
	expect(texts).toHaveLength(3);
	expect(texts).toHaveProperty('0', textOf(items[0], 'text'));
});

test('without Simplify the response is returned as received', async () => {
	const { items } = await session.run(ask({ prompt: 'Why?', simplify: false }));
	expect(items[0]?.json).toEqual({
		deployment_id: id,
		text: [expect.any(String)],
		token_counts: expect.any(Object),
	});
});

test('a batch reads the deployment once, and keeps its order', async () => {
	const items = Array.from({ length: 30 }, (_, index) => ({
		json: { prompt: `Number ${index}.` },
	}));
	const outcome = await session.run(ask({ prompt: '={{ $json.prompt }}' }), { items });
	outcome.items.forEach(({ json, pairedItem }, index) => {
		expect(json['text']).toContain(`Number ${index}.`);
		expect(pairedItem).toEqual({ item: index });
	});
	expect(session.calls().filter((call) => call.startsWith('GET'))).toHaveLength(1);
	expect(state().peakOpenRequests).toBeLessThanOrEqual(10);
});

test('the deployment never gets the account’s key, and nobody else its token', async () => {
	const outcome = await session.run(ask({ prompt: 'x' }));
	expect(outcome.error).toBeUndefined();
	const token = state().deployments.get(id)?.apiAuthToken;
	expect(token).not.toBe(apiKey);
	// Each rejects the other's key with 401.
	expect(state().requests.map(({ status }) => status)).toEqual([200, 200]);
	expect(JSON.stringify([outcome, logLines])).not.toContain(token);
});

test('an error that repeats the token does not show it', async () => {
	const token = state().deployments.get(id)?.apiAuthToken ?? '';
	const body = { message: `Token ${token} and key ${apiKey} are bad` };
	for (const status of [401, 403, 404, 422]) {
		state().faults.push({ path: '/deployments/', status, body, times: 2 });
		const outcome = await session.run(ask({ prompt: 'x' }));
		expect(outcome.error?.httpCode).toBe(String(status));
		expect(outcome.error?.description).toContain('are bad');
		state().faults.length = 0;
		const shown = JSON.stringify([outcome, logLines]);
		expect(shown).not.toContain(token);
		expect(shown).not.toContain(apiKey);
	}
});

test('a rejected token is read again, once for all items', async () => {
	const stale = { status: 'live', URL: `${session.emulator.origin}/deployments/${id}` };
	state().faults.push({
		path: '/v1/deploy/status/',
		status: 200,
		body: { ...stale, api_auth_token: 'an-old-token' },
	});
	const items = Array.from({ length: 5 }, () => ({ json: {} }));
	const outcome = await session.run(ask({ prompt: 'Why?' }), { items });
	expect(outcome.error).toBeUndefined();
	expect(outcome.items).toHaveLength(5);
	expect(session.calls().filter((call) => call.startsWith('GET'))).toHaveLength(2);
});

test('a deployment that is busy for a moment is retried', async () => {
	state().faults.push({ path: '/deployments/', status: 503, times: 2 });
	const { items, error } = await session.run(ask({ prompt: 'Why?' }));
	expect(error).toBeUndefined();
	expect(items[0]?.json['text']).toContain('Why?');
});

test('one that is not live is reported with its status', async () => {
	await session.run(deployment('terminate', byId(id)));
	const { error } = await session.run(ask({ prompt: 'x' }));
	expect(error?.message).toBe('The deployment is not live (terminatedByUser)');
	expect(session.calls()).not.toContain(`POST /deployments/${id}/generate`);
});

test.each([
	['token', { status: 'live', URL: 'https://d.test' }],
	['URL', { status: 'live', URL: 'd.test', api_auth_token: 'x' }],
])('one that is live without a %s is told as such', async (lacking, body) => {
	state().faults.push({ path: '/v1/deploy/status/', status: 200, body });
	const { error } = await session.run(ask({ prompt: 'x' }));
	expect(error?.message).toBe(
		`The deployment is live, but MonsterAPI returned no ${lacking} for it`,
	);
});

test.each<[string, unknown]>([
	['no text', { token_counts: {} }],
	['no JSON', 'hello'],
	['text that holds no JSON', JSON.stringify('hello')],
])('an answer with %s is a fault', async (_name, body) => {
	state().faults.push({ path: '/deployments/', status: 200, body, times: 9 });
	const { error } = await session.run(ask({ prompt: 'x' }));
	expect(error?.message).toMatch(/The deployment answered/);
});

test('the user’s extra body is merged', async () => {
	session.expectViolations(/n must be >= 1/);
	const { error } = await session.run(ask({ prompt: 'x', options: { extraBody: { n: 0 } } }));
	expect(error?.httpCode).toBe('422');
	const empty = await session.run(ask({ prompt: ' ' }));
	expect(empty.error?.message).toBe('The prompt is empty');
});
