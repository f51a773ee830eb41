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
	[{ operation: 'transcribe', model: 'whisper' }, /^Set 'File Source' to URL/],
	[{ operation: 'editImage', model: 'pix2pix', prompt: 'x' }, /^Set 'File Source' to URL/],
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
