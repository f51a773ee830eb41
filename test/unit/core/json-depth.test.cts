import { getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { getLogs, listDeployments, listInstances } from '../../../nodes/core/api/deploymentInfo';
import { generate, generateWithDeployment } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { listWebhooks } from '../../../nodes/core/api/webhooks';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { terminateDeployment } from '../../../nodes/core/deployments/terminate';
import type { Client } from '../../../nodes/core/http/client';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { isTooDeep } from '../../../nodes/core/json';
import { readSegments } from '../../../nodes/core/jobs/segments';
import { parseCallback } from '../../../nodes/core/webhook/callback';
import { readRecord } from '../../../nodes/MonsterApi/actions/form/parameters';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const levels = 10_000;
const list = `${'['.repeat(levels)}${']'.repeat(levels)}`;
const record = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
/** What is read is wrapped in objects of ours. */
const aLittleMore = 205;

/** An answer in which everything is there, beside something that would exhaust the stack. */
const deepAnswer = (deep: string): string =>
	`{"deep":${deep},"deployment_id":"d-1","process_id":"p-1","status":"FAILED","text":["hi"],"message":"m","logs":[${deep}],"env_params":${deep},"result":{"message":"no","text":${deep}},"name":"n","url":"https://n.test"}`;

describe.each([
	['lists', deepAnswer(list)],
	['records', deepAnswer(record)],
])('an answer with 10,000 levels of %s', (_name, answer) => {
	const model = { url: 'https://d.test', token: 'token-1', allowInvalidCertificate: false };
	const limits = readLimits(0);

	test.each<[string, (client: Client) => Promise<unknown>]>([
		['a launch', (client) => startDeployment(client, 'llm', { body: {}, secrets: [] })],
		['a termination', (client) => terminateDeployment(client, 'd-1')],
		['a deployment', (client) => getDeployment(client, 'd-1', limits)],
		['the deployments', (client) => listDeployments(client)],
		['the machines', (client) => listInstances(client)],
		['a log', (client) => getLogs(client, 'd-1', 10)],
		['a job', (client) => getStatus(client, 'p-1', limits)],
		['the webhooks', (client) => listWebhooks(client)],
		['a deployed model', (client) => generateWithDeployment(client, model, {}, 60_000)],
	])('is read: %s', async (call, send) => {
		// What changes or lists something is believed only if the answer does not state a failure.
		const isBelieved = ['a termination', 'the machines', 'the webhooks'].includes(call);
		const done = answer.replace('"FAILED"', '"terminated"').replace('"m"', '"Terminated"');
		const host = virtualHost(() => json(200, isBelieved ? done : answer));
		const value = await host.run(send(clientOf(host)));
		expect(isTooDeep(value, aLittleMore)).toBe(false);
	});

	test('gives the ID of a job, and of a launch in n8n’s log', async () => {
		const host = virtualHost(() => json(200, answer));
		const body = () => ({ kind: 'json', value: {} }) as const;
		const request = { model: 'm', body, carriesFile: false, deadline: 60_000 };
		await expect(host.run(generate(clientOf(host), request))).resolves.toMatchObject({
			processId: 'p-1',
		});
		await host.run(startDeployment(clientOf(host), 'llm', { body: {}, secrets: [] }));
		expect(host.logged.map(({ message }) => message)).toEqual([
			'MonsterAPI started deployment d-1',
		]);
	});

	test('is read when it is packed into a text', async () => {
		const host = virtualHost(() => json(200, JSON.stringify(answer)));
		const sent = generateWithDeployment(clientOf(host), model, {}, 60_000);
		expect(isTooDeep(await host.run(sent), aLittleMore)).toBe(false);
	});

	test('is read as a callback, parsed or not', () => {
		for (const callback of [
			parseCallback(JSON.parse(answer), undefined),
			parseCallback({}, answer),
		]) {
			expect(callback).toMatchObject({ kind: 'status', processId: 'p-1', status: 'FAILED' });
			expect(isTooDeep(callback, aLittleMore)).toBe(false);
		}
	});
});

test('segments of any depth are no segments', () => {
	expect(readSegments(JSON.parse(`[${list}]`))).toBeUndefined();
	expect(readSegments(JSON.parse(record))).toBeUndefined();
});

test.each([
	['a text', record],
	['an object', JSON.parse(record)],
	['a list in an object', { a: JSON.parse(list) as unknown }],
])('a JSON field with 10,000 levels as %s is refused before anything is sent', (_name, value) => {
	expect(() => readRecord(value, 'Extra Body')).toThrow(
		"'Extra Body' is nested more than 200 levels deep",
	);
});

test('a JSON field keeps what is as deep as it may be, and dates', () => {
	const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
	expect(JSON.stringify(readRecord(deep, 'Body'))).toBe(deep);
	const date = new Date(0);
	expect(readRecord({ date }, 'Body')).toEqual({ date });
});
