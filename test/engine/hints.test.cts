import { binaryOf, textOf } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: '={{ $json.prompt }}',
};
const items = (...prompts: string[]) => prompts.map((prompt) => ({ json: { prompt } }));
const texts = (hints: ReadonlyArray<{ readonly message: string }>) =>
	hints.map(({ message }) => message);

test('how many items failed and why, and what was billed', async () => {
	const { hints } = await session.run(write, {
		items: items('One', '[fail: no]', 'Two', '[fail: no]'),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(hints).toEqual([
		{
			message: '2 of 4 items failed: MonsterAPI could not finish the job: no',
			type: 'warning',
			location: 'outputPane',
		},
		{ message: '2 credits used', type: 'info', location: 'outputPane' },
	]);
});

// With a model of the list, n8n itself drops what the form does not show.
test('a parameter that the model of an expression does not have', async () => {
	const { hints } = await session.run(
		{
			...write,
			operation: 'generateImage',
			model: '={{ "txt2img" }}',
			parameters: { enhance: true, seed: 7 },
			options: { maxConcurrency: 1 },
		},
		{ items: items('One', 'Two') },
	);
	expect(texts(hints)).toEqual([
		expect.stringMatching(/credits used$/),
		"'Enhance' was left out: Text to Image does not have it",
	]);
});

test('how long an upload link is valid, in the workflow’s time zone', async () => {
	const data = await binaryOf(Buffer.from('x'), 'a.mp3', 'audio/mpeg');
	const { hints, items: out } = await session.run(
		{ resource: 'file', operation: 'upload' },
		{ items: [{ json: {}, binary: { data } }] },
	);
	const expiresAt = new Date(textOf(out[0], 'expires_at'));
	const time = expiresAt.toLocaleTimeString('en-GB', {
		hour: '2-digit',
		minute: '2-digit',
		timeZone: 'America/New_York',
	});
	expect(texts(hints)).toEqual([`The upload link is valid until ${time}`]);
});

test.each([
	['the node that submitted it', { ...write, prompt: 'One' }],
	['Job > Get', { resource: 'job', operation: 'get', processId: 'a-b' }],
])('what the server says about a result: %s', async (_node, parameters) => {
	const result = { text: 'Good day', notes: ["'language' had no effect", 7, `of ${apiKey}`] };
	const body = JSON.stringify({ process_id: 'a-b', status: 'COMPLETED', result });
	session.emulator.state.faults.push({ path: '/v1/status/', status: 200, body });
	const { hints, error } = await session.run(parameters);
	expect(error).toBeUndefined();
	expect(texts(hints)).toEqual(["'language' had no effect", 'of …']);
});

test('nothing to say, no hint', async () => {
	const { hints } = await session.run({ resource: 'webhook', operation: 'getMany' });
	expect(hints).toEqual([]);
});
