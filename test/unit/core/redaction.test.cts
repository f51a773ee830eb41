import { deploy, getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { getHealth, getLogs, listDeployments } from '../../../nodes/core/api/deploymentInfo';
import { generate, generateWithDeployment } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { createWebhook, listWebhooks } from '../../../nodes/core/api/webhooks';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { waitUntilLive } from '../../../nodes/core/deployments/waitUntilLive';
import type { Client } from '../../../nodes/core/http/client';
import { createClient } from '../../../nodes/core/http/client';
import { redactSecrets } from '../../../nodes/core/http/redaction';
import { simplify, verbatim } from '../../../nodes/core/jobs/output';
import { parseCallback } from '../../../nodes/core/webhook/callback';
import { createCallbackState, verifyCallback } from '../../../nodes/core/webhook/verifyCallback';
import { json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const apiKey = 'the-api-key-of-the-account';
const clientOf = (host: VirtualHost): Client =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: [apiKey] });
const limits = { maxAttempts: 1, deadline: 60_000 };
const password = 'hunter2 "&? two';

/** What a call makes of an answer, and what it writes to the log. */
async function seen<T>(body: unknown, call: (client: Client) => Promise<T>): Promise<string> {
	const host = virtualHost(() => json(200, body));
	const value = await host.run(call(clientOf(host)).catch((error: unknown) => error));
	const shown = value instanceof Error ? [value.message, Object.entries(value)] : value;
	return JSON.stringify([shown, host.logged]);
}

const launchOf = async (client: Client, env: object = {}) =>
	await startDeployment(client, 'custom_image', {
		body: { env_params: env },
		secrets: [password, 'env-value', 'prod'],
	});

test.each<[string, object]>([
	['in its message', { message: `docker login -p ${password} failed` }],
	['in any text', { note: { lines: [[`VAR is env-value`]] } }],
	['within JSON', { echo: JSON.stringify({ PW: password }) }],
	['within a URL', { echo: `https://hub.test/${encodeURIComponent(password)}` }],
	['as its status', { status: password }],
	['as a short word', { note: 'in prod mode' }],
])('a launch answer that repeats its secrets %s', async (_name, answer) => {
	const text = await seen({ deployment_id: 'd-1', ...answer }, launchOf);
	expect(text).toContain('d-1');
	expect(text).not.toMatch(/hunter2|env-value|prod/);
});

test('a value that is also a word of the API changes no status and no address', async () => {
	const host = virtualHost(() =>
		json(200, { deployment_id: 'd', status: 'building', URL: 'https://prod.test/prod' }),
	);
	const client = clientOf(host).withSecrets('building', 'prod');
	const { raw } = await host.run(deploy(client, 'llm', {}, 60_000));
	expect(raw).toEqual({ deployment_id: 'd', status: 'building', URL: 'https://prod.test/prod' });
});

test('what an answer holds as a secret is redacted in its other texts', async () => {
	const body = {
		status: 'live',
		image_registry: { username: 'me', password: 'pass-word-1' },
		env_params: { TOKEN: 'env-value-1' },
		api_auth_token: 'own-token-1',
		message: 'pass-word-1 env-value-1 own-token-1',
		notes: ['pass-word-1', 'env-value-1'],
	};
	const host = virtualHost(() => json(200, body));
	const { raw, message } = await host.run(getDeployment(clientOf(host), 'd', limits));
	expect(message).toBe('… … …');
	expect(raw).toMatchObject({ api_auth_token: 'own-token-1', notes: ['…', '…'] });
	expect(await seen([body], listDeployments)).not.toMatch(/pass-word|env-value|own-token/);
});

test('an answer of ten thousand levels: the ID is logged', async () => {
	const depth = 10_000;
	const text = `{"deployment_id":"d-1","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`;
	const host = virtualHost(() => ({ kind: 'text', status: 200, headers: {}, text }));
	await host.run(launchOf(clientOf(host)));
	expect(host.logged).toMatchObject([{ message: 'MonsterAPI started deployment d-1' }]);
});

describe('a status of 3,000 characters with the key', () => {
	const status = `${apiKey} ${'x'.repeat(3_000)}`;
	const expectShort = (text: string) => {
		expect(text.toLowerCase()).not.toContain(apiKey);
		expect(text).not.toMatch(/x{65}/i);
	};

	test('of a deployment', async () => {
		const terminated = { status: `terminated: ${status}`, deployment_id: 'd' };
		const options = { timeoutMs: 60_000, terminateOnFailure: false };
		expectShort(
			await seen(terminated, async (client) => {
				await waitUntilLive(client, 'd', options, () => undefined);
			}),
		);
		expectShort(await seen([{ deployment_id: 'd', status }], listDeployments));
	});

	test('of a job', async () => {
		const host = virtualHost(() => json(200, { status, result: {} }));
		const state = await host.run(getStatus(clientOf(host), 'p', limits));
		expectShort(JSON.stringify([state, simplify(state, undefined), verbatim(state, undefined)]));
	});

	test('in the reason why a callback is refused', async () => {
		const callback = parseCallback({ process_id: 'p', status: 'COMPLETED' }, undefined);
		if (callback.kind !== 'status') throw new Error('no callback');
		const options = { statuses: ['COMPLETED'], models: [], verify: true, ignoreDuplicates: true };
		expectShort(
			await seen({ status }, async (client) =>
				verifyCallback(client, callback, createCallbackState(9), options),
			),
		);
	});
});

test.each<[string, unknown, (client: Client) => Promise<unknown>]>([
	['a job', { process_id: 'p', note: apiKey }, (client) => generate(client, request)],
	['a result', { status: 'COMPLETED', result: { text: apiKey } }, (client) => status(client)],
	[
		'a webhook',
		[{ url_name: 'n', webhook_url: 'u', note: apiKey }],
		(client) => listWebhooks(client),
	],
	['a new webhook', { note: apiKey }, (client) => createWebhook(client, { name: 'n', url: 'u' })],
	['the health', { note: apiKey }, getHealth],
	[
		'the log',
		{ logs: [apiKey, { deep: apiKey }], message: apiKey },
		(client) => getLogs(client, 'd', 9),
	],
	['a deployed model', { text: [apiKey, 'own-token'] }, (client) => ask(client)],
])('the answer about %s cannot repeat the key', async (_name, body, call) => {
	const text = await seen(body, call);
	expect(text).toContain('…');
	expect(text).not.toMatch(new RegExp(`${apiKey}|own-token`));
});

const request = {
	model: 'm',
	body: () => ({ kind: 'json', value: {} }) as const,
	carriesFile: false,
	deadline: 60_000,
};
const status = async (client: Client) => await getStatus(client, 'p', limits);
const ask = async (client: Client) => {
	const endpoint = { url: 'https://d.test', token: 'own-token', allowInvalidCertificate: false };
	return await generateWithDeployment(client, endpoint, {}, 60_000);
};

test('the links of a result keep their signature', async () => {
	const output = ['https://s.test/a.png?X-Amz-Signature=abc'];
	expect(await seen({ status: 'COMPLETED', result: { output } }, status)).toContain(output[0]);
});

test.each([
	['PASSWD=hush-1 and more', 'PASSWD=… and more'],
	['MYSQL_PASSWORD="hush 1"', 'MYSQL_PASSWORD="…"'],
	['passwd: hush-1', 'passwd: …'],
	['export HF_HOME=/hush', 'export HF_HOME=…'],
	["environ({'DB_URL': 'hush', 'PORT': '80'})", "environ({'DB_URL': '…', 'PORT': '…'})"],
	[String.raw`{"env":"{\"SECRET\": \"hush\"}"}`, String.raw`{"env":"{\"SECRET\": \"…"}"}`],
	['postgres://me:hush@db/x', 'postgres://me:…@db/x'],
	['GET https://s.test/f?sig=hush 200', 'GET https://s.test/f 200'],
	['INFO: step=3, lr=0.1, 12 tokens', 'INFO: step=3, lr=0.1, 12 tokens'],
])('the line %j of a log', async (line, clean) => {
	const host = virtualHost(() => json(200, { logs: [line] }));
	const { lines } = await host.run(getLogs(clientOf(host), 'd', 9));
	expect(lines).toEqual([clean]);
});

test('URLs that are separated by commas lose their signatures', () => {
	const urls = Array.from({ length: 20_000 }, (_unused, index) => `https://s.test/${index}.png`);
	expect(redactSecrets(urls.join(','), [])).toBe(urls.join(','));
	const signed = 'https://s.test/a?sig=SEC,https://s.test/b?sig=RET';
	expect(redactSecrets(signed, [])).not.toMatch(/SEC|RET/);
});
