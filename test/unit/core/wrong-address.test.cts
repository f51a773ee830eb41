import {
	getHealth,
	getLogs,
	listDeployments,
	listInstances,
} from '../../../nodes/core/api/deploymentInfo';
import { deploy, getDeployment, terminate } from '../../../nodes/core/api/deploymentLifecycle';
import { generate } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { getUploadLink } from '../../../nodes/core/api/upload';
import { createWebhook, deleteWebhook, listWebhooks } from '../../../nodes/core/api/webhooks';
import { createClient, type Client } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { isRegistered, register } from '../../../nodes/core/webhook/registration';
import { createCallbackState, verifyCallback } from '../../../nodes/core/webhook/verifyCallback';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import type { HttpResult } from '../../../nodes/core/host';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const soon = 60_000;
const webhook = { name: 'mine', url: 'https://n8n.test/webhook/1?token=t' };

type Ask = (client: Client) => Promise<unknown>;

const billed: Record<string, Ask> = {
	'a job': async (client) =>
		await generate(client, {
			model: 'sdxl-base',
			body: () => ({ kind: 'json', value: {} }),
			carriesFile: false,
			deadline: soon,
		}),
	'a launch': async (client) => await deploy(client, 'llm', {}, soon),
};

const others: Record<string, Ask> = {
	'a status': async (client) => await getStatus(client, 'p', readLimits(0)),
	'an upload link': async (client) => await getUploadLink(client, 'a.mp3'),
	'a list of webhooks': async (client) => await listWebhooks(client),
	'a new webhook': async (client) => await createWebhook(client, webhook),
	'a deleted webhook': async (client) => await deleteWebhook(client, 'mine'),
	'a trigger’s check': async (client) => await isRegistered(client, webhook),
	'a trigger’s registration': async (client) => await register(client, webhook),
	'a list of deployments': async (client) => await listDeployments(client),
	'a deployment': async (client) => await getDeployment(client, 'd', readLimits(0)),
	'a log': async (client) => await getLogs(client, 'd', 30),
	'a list of instances': async (client) => await listInstances(client),
	'the health': async (client) => await getHealth(client),
	'a termination': async (client) => await terminate(client, 'd', { deadline: soon }),
	'a late termination': async (client) =>
		await terminate(client, 'd', { deadline: soon, consistentFrom: 0 }),
};

async function ask(call: Ask, answer: HttpResult, baseUrl = 'https://api.test/v1') {
	const host = virtualHost(() => answer);
	const client = createClient(host, { baseUrl, secrets: [] });
	const error = await host.run(
		call(client).then(
			() => undefined,
			(reason: unknown) => reason,
		),
	);
	if (!(error instanceof MonsterApiError)) throw new Error(`No error but ${String(error)}`);
	return { ...error.details, message: error.message, requests: host.requests.length };
}

const wrongAnswers: Array<[string, HttpResult, string]> = [
	['a web server’s 404 page', json(404, '<html>Not Found</html>'), 'https://api.test/v1'],
	['a 404 in plain text', json(404, '404 page not found'), 'https://api.test/v1'],
	['a web server’s 405 page', json(405, '<html>'), 'https://api.test/v1'],
	['the gateway’s 404, as /v1 is missing', json(404, { message: 'Not found' }), 'http://a.test'],
	['FastAPI’s 404, as /v1 is missing', json(404, { detail: 'Not Found' }), 'http://a.test'],
	['a 404 without a reason, as /v1 is missing', json(404, {}), 'http://a.test/api'],
	[
		'a router’s 404, as /v1 is missing',
		json(404, { message: 'Route POST:/webhook not found' }),
		'http://a.test',
	],
];

describe.each(wrongAnswers)('%s', (_answer, answer, baseUrl) => {
	test.each(Object.entries({ ...billed, ...others }))('is no answer about %s', async (_n, call) => {
		const error = await ask(call, answer, baseUrl);
		expect(error.message).toBe('MonsterAPI was not found at the base URL');
		expect(error.advice).toMatch(/check the base URL/i);
		expect(error.advice?.includes('does not end with /v1')).toBe(!baseUrl.endsWith('/v1'));
		expect(error).toMatchObject({ wrongAddress: true, retryable: false, requests: 1 });
		expect(error.maybeAccepted).toBeUndefined();
	});
});

describe('a web page with 200', () => {
	const page = json(200, '<!doctype html><html>n8n</html>');

	// A change is confirmed by another call instead.
	const changes = ['a new webhook', 'a deleted webhook', 'a termination', 'a late termination'];
	const reads = Object.entries(others).filter(([name]) => !changes.includes(name));

	test.each(reads)('is no answer about %s', async (_name, call) => {
		const error = await ask(call, page);
		expect(error.message).toBe('The answer did not come from MonsterAPI');
		expect(error.advice).toMatch(/check the base URL/i);
		expect(error.wrongAddress).toBe(true);
	});

	test.each(Object.entries(billed))(
		'does not take %s, which is not sent again',
		async (_n, call) => {
			const error = await ask(call, page);
			expect(error.message).toBe('The answer did not come from MonsterAPI');
			expect(error.advice).toMatch(/check the base URL.*not sent again/i);
			expect(error).toMatchObject({ maybeAccepted: true, retryable: false, requests: 1 });
		},
	);

	test('that is broken JSON may be MonsterAPI’s nevertheless', async () => {
		const { message } = await ask(billed['a job'] ?? getHealth, json(200, '{"process_id": "p'));
		expect(message).toMatch(/^MonsterAPI accepted the job/);
	});
});

test('a 501 page is no answer to a submission', async () => {
	for (const call of Object.values(billed)) {
		const error = await ask(call, json(501, '<html>Unsupported method'));
		expect(error).toMatchObject({ wrongAddress: true, requests: 1 });
	}
});

test('an outage is no wrong address', async () => {
	for (const call of Object.values({ ...billed, ...others })) {
		const error = await ask(call, json(502, '<html>bad gateway</html>'));
		expect(error.wrongAddress).toBeUndefined();
	}
});

describe('MonsterAPI’s own 404', () => {
	test('is about the object', async () => {
		const unknown = json(404, { message: 'Model not available' });
		for (const baseUrl of ['https://api.test/v1', 'https://proxy.test/monster']) {
			const error = await ask(billed['a job'] ?? getHealth, unknown, baseUrl);
			expect(error.message).toBe('MonsterAPI does not know this model');
			expect(error.advice).not.toContain('base URL');
		}
	});

	test('mentions the base URL when it gives no reason', async () => {
		for (const answer of [json(404, ''), json(404, {}), json(404, { detail: 'Not Found' })]) {
			const error = await ask(others['a status'] ?? getHealth, answer);
			expect(error.message).toBe('MonsterAPI does not know this job');
			expect(error.advice).toMatch(/Check the process ID.*Check the base URL/);
		}
	});

	test('is an account without webhooks', async () => {
		const host = virtualHost(() => json(404, { message: 'Not found' }));
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		expect(await host.run(listWebhooks(client))).toEqual([]);
		const deletion = await host.run(deleteWebhook(client, 'mine'));
		expect(deletion).toMatchObject({ confirmed: false });
	});
});

test('a job that was just submitted is not polled at a wrong address for half a minute', async () => {
	const host = virtualHost(() => json(404, '<html>'));
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const waiting = waitForJob(client, 'p', { timeoutMs: 60_000, immediate: false });
	await expect(host.run(waiting)).rejects.toThrow('MonsterAPI was not found at the base URL');
	expect(host.requests).toHaveLength(1);
});

test('a callback is not called forged because the base URL is wrong', async () => {
	const host = virtualHost(() => json(404, '<html>'));
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const callback = {
		kind: 'status',
		processId: 'p',
		status: 'COMPLETED',
		model: undefined,
		body: {},
	} as const;
	const options = { statuses: ['COMPLETED'], models: [], verify: true, ignoreDuplicates: true };
	const verdict = await host.run(verifyCallback(client, callback, createCallbackState(9), options));
	expect(verdict).toMatchObject({ kind: 'unavailable', reason: expect.stringMatching(/base URL/) });
});
