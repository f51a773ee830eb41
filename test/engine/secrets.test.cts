import { randomBytes } from 'node:crypto';

import { binaryOf, logLines } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};

/** Everything a user, a log reader or a support mail could see. */
const visible = (outcome: unknown) =>
	JSON.stringify([outcome, Object(outcome).error?.stack, Object(outcome).error?.cause, logLines]);

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

test('a refused upload shows no link', async () => {
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

test('a key with space around it and a base URL with slashes at its end do no harm', async () => {
	const { items } = await session.run(write, {
		credential: { apiKey: ` ${apiKey}\n`, baseUrl: `${session.emulator.baseUrl}//` },
	});
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test('an empty key is named as such', async () => {
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
		expect(error?.message).toContain('not a web address');
	},
);

test('a service that does not answer is named as such', async () => {
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

test('nobody who reads an accepted job can call the trigger that it is told to', async () => {
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

test('nor who reads a webhook, however it is wrapped', async () => {
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

test('the whole answer of a failed job repeats neither the key nor a signature', async () => {
	const prompt = `[fail: no ${apiKey} for https://s.test/f?X-Amz-Signature=abc]`;
	const { items } = await session.run({ ...write, prompt, waitForCompletion: false });
	const processId = String(items[0]?.json['process_id']);
	const look = { resource: 'job', operation: 'get', processId, simplify: false };
	const outcome = await session.run(look);
	expect(outcome.items[0]?.json).toMatchObject({ process_id: processId, status: 'FAILED' });
	expect(visible(outcome)).not.toContain(apiKey);
	expect(visible(outcome)).not.toContain('Signature');
});
