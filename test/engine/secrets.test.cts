import { randomBytes } from 'node:crypto';

import { binaryOf, logLines, textOf, type Outcome } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};

/** Everything that a user or a reader of the log can see. */
const visible = (outcome: Outcome) =>
	JSON.stringify([outcome, outcome.error?.stack, outcome.error?.cause, logLines]);

const echo = { message: `No: Bearer ${apiKey}, see https://s.test/f?X-Amz-Signature=abc` };

test.each<[string, object]>([
	['a refusal that repeats the key', { status: 403, body: echo }],
	['a fault that repeats the key', { status: 500, body: echo }],
	['a page', { status: 502, body: `<html>${apiKey}</html>`, contentType: 'text/html' }],
	['a broken connection', { drop: 'after' }],
	['an answer without an id', { status: 200, body: { key: apiKey } }],
])('%s shows neither the key nor a signature', async (_name, fault) => {
	for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
		session.emulator.state.faults.push({ method: 'POST', ...fault });
		const outcome = await session.run(write, { settings: { onError } });
		expect(visible(outcome)).not.toContain(apiKey);
		expect(visible(outcome)).not.toContain('Signature');
	}
});

test('a failed job that repeats the key does not show it', async () => {
	const outcome = await session.run({ ...write, prompt: `[fail: ${apiKey} is used up]` });
	expect(outcome.error?.message).toContain('is used up');
	expect(outcome.error?.message).not.toContain(apiKey);
});

test('a rejected upload shows no link', async () => {
	session.emulator.state.faults.push({ method: 'PUT', status: 403, times: 9 });
	const bytes = randomBytes(9_000_000);
	const outcome = await session.run(
		{ resource: 'model', operation: 'transcribe', model: 'whisper' },
		{ items: [{ json: {}, binary: { data: await binaryOf(bytes, 'a.mp3', 'audio/mpeg') } }] },
	);
	expect(outcome.error?.message).toBe('The upload link was refused');
	expect(visible(outcome)).not.toMatch(/X-Amz|Signature/);
});

test('a wrong key is explained', async () => {
	const { error } = await session.run(write, {
		credential: { apiKey: 'another-key', baseUrl: session.emulator.baseUrl },
	});
	expect(error?.message).toBe('MonsterAPI did not accept the API key');
	expect(error?.httpCode).toBe('401');
	expect(error?.description).toContain('credential');
});

test('whitespace around the key and trailing slashes of the base URL are harmless', async () => {
	const { items } = await session.run(write, {
		credential: { apiKey: ` ${apiKey}\n`, baseUrl: `${session.emulator.baseUrl}//` },
	});
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test('an empty key is reported', async () => {
	const { error } = await session.run(write, {
		credential: { apiKey: ' ', baseUrl: session.emulator.baseUrl },
	});
	expect(error?.message).toContain('API key of the MonsterAPI credential is empty');
	expect(session.calls()).toEqual([]);
});

test.each(['', 'api.monsterapi.ai', 'file:///etc'])(
	'the base URL %j is refused',
	async (baseUrl) => {
		const { error } = await session.run(write, { credential: { apiKey, baseUrl } });
		expect(error?.message).toMatch(
			/base URL of the MonsterAPI credential (is empty|does not start with)/,
		);
	},
);

test('an unreachable service is reported', async () => {
	const { error } = await session.run(write, {
		credential: { apiKey, baseUrl: 'http://127.0.0.1:9/v1' },
	});
	expect(error?.message).toBe('MonsterAPI could not be reached');
	expect(error?.description).toContain('ECONNREFUSED');
});

test('a redirect is not followed with the key', async () => {
	session.emulator.state.faults.push({
		method: 'POST',
		status: 302,
		headers: { location: `${session.emulator.origin}/files/elsewhere` },
	});
	const { error } = await session.run(write);
	expect(error?.message).toContain('redirect');
	expect(session.calls()).toEqual(['POST /v1/generate/falcon-7b-instruct']);
});

test('an accepted job does not reveal the token of its trigger', async () => {
	const url = 'https://n8n.test/webhook/a/webhook?token=SECRET';
	const body = { process_id: 'p-1', callback_url: url, data: { webhooks: [{ webhook_url: url }] } };
	session.emulator.state.faults.push({ method: 'POST', path: '/v1/generate', status: 200, body });
	const { items } = await session.run({ ...write, waitForCompletion: false });
	expect(items[0]?.json).toMatchObject({
		process_id: 'p-1',
		callback_url: 'https://n8n.test/webhook/a/webhook?token=…',
	});
	expect(JSON.stringify(items)).not.toContain('SECRET');
});

test('nor does a webhook, however it is wrapped', async () => {
	const webhook_url = 'https://n8n.test/webhook/a/webhook?token=SECRET';
	const body = { data: { url_name: 'mine', webhook_url } };
	session.emulator.state.faults.push({ method: 'POST', status: 200, body });
	const create = {
		resource: 'webhook',
		operation: 'create',
		webhookName: { __rl: true, mode: 'name', value: 'mine' },
		webhookUrl: webhook_url,
	};
	const { items, error } = await session.run(create);
	expect(error).toBeUndefined();
	expect(JSON.stringify(items)).toContain('mine');
	expect(JSON.stringify(items)).not.toContain('SECRET');
});

test('the raw response of a failed job contains neither the key nor a signature', async () => {
	const prompt = `[fail: no ${apiKey} for https://s.test/f?X-Amz-Signature=abc]`;
	const { items } = await session.run({ ...write, prompt, waitForCompletion: false });
	const processId = textOf(items[0], 'process_id');
	const parameters = { resource: 'job', operation: 'get', processId, simplify: false };
	const outcome = await session.run(parameters);
	expect(outcome.items[0]?.json).toMatchObject({ process_id: processId, status: 'FAILED' });
	expect(visible(outcome)).not.toContain(apiKey);
	expect(visible(outcome)).not.toContain('Signature');
});
