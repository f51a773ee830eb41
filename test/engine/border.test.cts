import { searchList } from '../support/engine/contexts.cjs';
import { binaryOf } from '../support/engine/engine.cjs';
import { listen } from '../support/engine/callbacks.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();
const run = { resource: 'model', operation: 'run', body: { prompt: 'Hello' } };

describe('a model that is no segment of a path', () => {
	test.each(['..', '.', 'a/b', '%2e%2e', '..%2fstatus', 'a b', 'sd\u202exl', '\ud83d'])(
		'%j is refused, and nothing is sent',
		async (model) => {
			const { error } = await session.run({ ...run, model });
			expect(error?.message).toBe('The model is not a valid model ID');
			expect(error?.description).toContain("'Model'");
			expect(session.calls()).toEqual([]);
		},
	);
});

test.each(['..', 'a/../b', '%2e%2e', 'a\u200bb'])('the ID %j is refused', async (id) => {
	const job = { resource: 'job', operation: 'get', processId: id };
	expect((await session.run(job)).error?.message).toMatch('The process ID is not a valid');
	for (const operation of ['get', 'getLogs', 'terminate']) {
		const { error } = await session.run({ resource: 'deployment', operation, deploymentId: id });
		expect(error?.message).toMatch('The deployment ID is not a valid');
	}
	expect(session.calls()).toEqual([]);
});

test('half of an emoji takes no other character with it, wherever it is sent', async () => {
	const cut = 'say 👋'.slice(0, -1);
	const text = { resource: 'model', operation: 'generateText', model: 'falcon-7b-instruct' };
	await session.run({ ...text, prompt: `${cut}x` });
	const [job] = [...session.emulator.state.jobs.values()];
	expect(job?.inputs['prompt']).toBe('say \ufffdx');
	const binary = { data: await binaryOf(Buffer.from('abc'), `${cut}z.mp3`, 'audio/mpeg') };
	const upload = { resource: 'file', operation: 'upload', binaryPropertyName: 'data' };
	const { items, error } = await session.run(upload, { items: [{ json: {}, binary }] });
	expect(error).toBeUndefined();
	expect(items[0]?.json['filename']).toBe('say \ufffdz.mp3');
	const sent = JSON.stringify(session.emulator.state.requests);
	expect(sent).toContain(encodeURIComponent('\ufffdz.mp3'));
});

test.each([
	['https://files.test/a\n.mp3', 'a line break'],
	['https://files.test/a b.mp3', 'a blank'],
	['https://files.test/\ta.mp3', 'a tab'],
])('the URL %j is refused, and nothing is paid', async (url, what) => {
	const transcribe = { resource: 'model', operation: 'transcribe', model: 'whisper' };
	const { error } = await session.run({ ...transcribe, fileSource: 'url', fileUrl: url });
	expect(error?.message).toBe(`The file URL contains ${what}`);
	const webhook = { resource: 'webhook', operation: 'create', webhookName: 'mine' };
	const created = await session.run({ ...webhook, webhookUrl: url });
	expect(created.error?.message).toBe(`The webhook URL contains ${what}`);
	expect(session.calls()).toEqual([]);
});

test('a webhook name that cannot be seen as it is is refused', async () => {
	const name = 'mi\u200bne';
	const message = 'The webhook name contains an invisible character (U+200B)';
	for (const operation of ['get', 'create', 'delete']) {
		const { error } = await session.run({
			resource: 'webhook',
			operation,
			webhookName: name,
			webhookUrl: 'https://x.test/',
		});
		expect(error?.message).toBe(message);
	}
	const job = await session.run({ ...run, model: 'sdxl-base', options: { webhookName: name } });
	expect(job.error?.message).toBe(message);
	const listener = await listen({
		credential: { apiKey, baseUrl: session.emulator.baseUrl },
		parameters: { webhookName: name },
		settings: { webhookId: 'odd-hook' },
	});
	await expect(listener.hook('create')).rejects.toThrow(message);
	await listener.close();
	expect(session.calls()).toEqual([]);
});

describe('a base URL without /v1', () => {
	const credential = () => ({ apiKey, baseUrl: session.emulator.origin });
	const notFound = 'MonsterAPI was not found at the base URL';

	test.each<[string, object]>([
		['a job', { ...run, model: 'sdxl-base' }],
		['a status', { resource: 'job', operation: 'get', processId: 'p' }],
		['a wait', { resource: 'job', operation: 'wait', processId: 'p' }],
		['webhooks', { resource: 'webhook', operation: 'getMany' }],
		['a webhook', { resource: 'webhook', operation: 'get', webhookName: 'mine' }],
		['a deletion', { resource: 'webhook', operation: 'delete', webhookName: 'mine' }],
		['deployments', { resource: 'deployment', operation: 'getMany' }],
		['a termination', { resource: 'deployment', operation: 'terminate', deploymentId: 'd' }],
		['instances', { resource: 'deployment', operation: 'getInstances' }],
		['health', { resource: 'deployment', operation: 'getHealth' }],
	])('is named as the cause: %s', async (_name, parameters) => {
		const { items, error } = await session.run({ ...parameters }, { credential: credential() });
		expect(items).toEqual([]);
		expect(error?.message).toBe(notFound);
		expect(error?.description).toContain('does not end with /v1: check the base URL');
	});

	test('by the pickers', async () => {
		const options = session.options(run, { credential: credential() });
		for (const method of ['searchWebhooks', 'searchDeployments']) {
			await expect(searchList(options, method)).rejects.toMatchObject({
				message: notFound,
			});
		}
	});

	test('by the trigger', async () => {
		const listener = await listen({
			credential: credential(),
			parameters: {},
			settings: { webhookId: 'lost-hook' },
		});
		for (const step of ['checkExists', 'create'] as const) {
			await expect(listener.hook(step)).rejects.toMatchObject({
				message: expect.stringContaining(`${notFound}. `),
			});
		}
		await listener.close();
	});

	test('and the job that was waited for is not called unknown', async () => {
		const wait = { resource: 'job', operation: 'wait', processId: 'p-1' };
		const { error } = await session.run(wait, { credential: credential() });
		expect(error?.message).toBe('MonsterAPI was not found at the base URL');
	});
});
