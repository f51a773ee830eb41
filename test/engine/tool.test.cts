import { callAsTool } from '../support/engine/contexts.cjs';
import { byId, deployment, llm } from '../support/engine/deployments.cjs';
import { textOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const call = async (parameters: object, args: object = {}) =>
	await callAsTool(session.options({ resource: 'model', ...parameters }), { ...args });

test('an agent passes arguments and gets JSON', async () => {
	const items = await call(
		{ operation: 'generateText', model: 'falcon-7b-instruct', prompt: '={{ $json.question }}' },
		{ question: 'What is two and two?' },
	);
	expect(items[0]?.json).toMatchObject({
		status: 'COMPLETED',
		text: expect.stringContaining('two and two'),
	});
});

test('an agent gets the URLs of images, not files that n8n would drop', async () => {
	const items = await call({ operation: 'generateImage', model: 'txt2img', prompt: 'A boat' });
	expect(items[0]?.json['output']).toEqual([expect.stringMatching(/^http/)]);
	expect(items[0]?.binary).toBeUndefined();
	expect(session.calls().some((path) => path.includes('/files/'))).toBe(false);
});

test('an agent passes files by URL', async () => {
	const items = await call(
		{
			operation: 'transcribe',
			model: 'whisper',
			fileSource: 'url',
			fileUrl: '={{ $json.recording }}',
		},
		{ recording: 'https://example.test/a.mp3' },
	);
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test.each([
	[
		{ operation: 'transcribe', model: 'whisper', fileSource: 'binary' },
		/^Set 'File Source' to URL/,
	],
	[{ operation: 'editImage', fileSource: 'binary', prompt: 'x' }, /^Set 'File Source' to URL/],
	[{ resource: 'file', operation: 'upload' }, /to the operation that needs it/],
])('an agent is told that it cannot hand over a file: %j', async (parameters, advice) => {
	const items = await call(parameters);
	expect(items.map(({ json }) => json)).toEqual([
		{
			error: 'An agent cannot pass a file',
			description: expect.stringMatching(advice),
			retryable: false,
		},
	]);
	expect(session.calls()).toEqual([]);
});

test('an agent gets no token of a deployment', async () => {
	const { settings } = session.emulator.state;
	Object.assign(settings, { deployPendingMs: 0, deployBuildMs: 0 });
	const started = await call({ ...llm, parameters: { api_auth_token: 'hush-hush' } });
	expect(started[0]?.json).toMatchObject({ status: 'live', URL: expect.any(String) });
	const id = textOf(started[0], 'deployment_id');
	const seen = await call(deployment('get', byId(id)));
	expect(seen[0]?.json).toMatchObject({ status: 'live', URL: expect.any(String) });
	expect(JSON.stringify([started, seen])).not.toMatch(/api_auth_token|hush/);
});

test('an agent reads what happened and what to do', async () => {
	const parameters = { operation: 'generateText', model: 'falcon-7b-instruct' };
	const items = await call({ ...parameters, prompt: '[fail: too hot]' });
	expect(items.map(({ json }) => json)).toEqual([
		{
			error: 'MonsterAPI could not finish the job: too hot',
			description: expect.stringContaining('try again'),
			process_id: expect.any(String),
			status: 'FAILED',
			retryable: true,
		},
	]);
});

const say = { operation: 'generateText', model: 'falcon-7b-instruct', prompt: 'Hello' };

test.each([
	['an unknown operation', { ...say, operation: 'sing' }, /no operation 'sing'/],
	['an unknown resource', { ...say, resource: 'choir' }, /no operation/],
	['an invalid option', { ...say, options: { timeout: -1 } }, /'Timeout \(Seconds\)'/],
	['an expression that fails', { ...say, prompt: '={{ $("Nobody").item }}' }, /./],
])('an agent gets %s as an item', async (_, parameters, error) => {
	const items = await call(parameters);
	expect(items.map(({ json }) => json)).toEqual([
		expect.objectContaining({ error: expect.stringMatching(error), retryable: false }),
	]);
	expect(session.calls()).toEqual([]);
});

test('an agent gets a credential that cannot be used as an item', async () => {
	const items = await callAsTool(
		{
			...session.options({ resource: 'model', ...say }),
			credential: { apiKey: '', baseUrl: 'nowhere' },
		},
		{},
	);
	expect(items).toEqual([
		{
			json: expect.objectContaining({ error: expect.any(String), retryable: false }),
			pairedItem: { item: 0 },
		},
	]);
});

test('an agent learns that a job may have been accepted, and is told not to call again', async () => {
	session.emulator.state.faults.push({ path: '/v1/generate/', drop: 'after' });
	const items = await call(say);
	expect(items.map(({ json }) => json)).toEqual([
		{
			error: expect.any(String),
			description: expect.any(String),
			retryable: false,
		},
	]);
	expect(session.calls()).toHaveLength(1);
});

test('a call of a cancelled execution sends nothing', async () => {
	const cancelled = callAsTool(
		session.options({ resource: 'model', ...say }),
		{},
		AbortSignal.abort(),
	);
	await expect(cancelled).rejects.toThrow(/./);
	expect(session.calls()).toEqual([]);
});

test('an agent gets the result, even if a saved workflow is not to wait for it', async () => {
	const items = await call({ ...say, waitForCompletion: false, simplify: false });
	expect(items[0]?.json).toMatchObject({ status: 'COMPLETED', text: expect.any(String) });
});

describe('Output', () => {
	const keys = async (parameters: object) =>
		(await call({ ...say, ...parameters })).map(({ json }) => Object.keys(json).sort());

	test('the simplified result unless set', async () => {
		expect(await keys({})).toEqual([['credit_used', 'model', 'process_id', 'status', 'text']]);
		expect(await keys({ output: 'simplified' })).toEqual(await keys({}));
	});

	test("MonsterAPI's own response", async () => {
		expect(await keys({ output: 'raw' })).toEqual([expect.arrayContaining(['result'])]);
	});

	test('the selected fields, and always what identifies the result', async () => {
		expect(await keys({ output: 'fields', fields: ['text'] })).toEqual([
			['process_id', 'status', 'text'],
		]);
		expect(await keys({ output: 'fields' })).toEqual([['process_id', 'status']]);
	});

	test('errors are whole', async () => {
		const failing = { prompt: '[fail: no]', output: 'fields', fields: ['text'] };
		expect(await keys(failing)).toEqual([
			['description', 'error', 'process_id', 'retryable', 'status'],
		]);
	});

	test('of a job that was submitted earlier', async () => {
		const processId = textOf((await call(say))[0], 'process_id');
		for (const operation of ['get', 'wait']) {
			const items = await call({
				resource: 'job',
				operation,
				processId,
				output: 'fields',
				fields: ['text'],
			});
			expect(Object.keys(items[0]?.json ?? {}).sort()).toEqual(['process_id', 'status', 'text']);
		}
	});

	test('of a deployment', async () => {
		Object.assign(session.emulator.state.settings, { deployPendingMs: 0, deployBuildMs: 0 });
		const id = textOf((await call(llm))[0], 'deployment_id');
		const asked = { ...deployment('generate', byId(id)), prompt: 'Hello', output: 'fields' };
		expect((await call(asked)).map(({ json }) => json)).toEqual([{ deployment_id: id }]);
		const [item] = await call({ ...asked, fields: ['text'] });
		expect(Object.keys(item?.json ?? {})).toEqual(['text', 'deployment_id']);
	});
});
