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

test('what an API says is shown as text: n8n takes a hint for HTML', async () => {
	const picture = '<img src="https://attacker.test/?a=1&b=2">';
	const answer = (result: object, status = 'COMPLETED') =>
		session.emulator.state.faults.push({
			...{ path: '/v1/status/', status: 200 },
			body: JSON.stringify({ process_id: 'a-b', status, result }),
		});
	const shown = '&lt;img src="https://attacker.test/';
	answer({ text: 'x', notes: [picture] });
	const noted = await session.run({ resource: 'job', operation: 'get', processId: 'a-b' });
	expect(texts(noted.hints)).toEqual([expect.stringContaining(shown)]);
	answer({ errorMessage: `too hot ${picture}` }, 'FAILED');
	answer({ errorMessage: `too hot ${picture}` }, 'FAILED');
	const failed = await session.run(
		{ resource: 'job', operation: 'wait', processId: 'a-b' },
		{ items: items('One', 'Two'), settings: { onError: 'continueRegularOutput' } },
	);
	expect(texts(failed.hints)).toEqual([expect.stringMatching(/^2 of 2 items failed: /)]);
	expect(texts(failed.hints)).toEqual([expect.stringContaining(shown)]);
	// In the items it is data.
	expect(textOf(failed.items[0], 'error')).toContain('<img');
});

test('a result with any number of notes shows five', async () => {
	const notes = Array.from({ length: 100_000 }, (_none, index) => `note ${index}`);
	const body = JSON.stringify({ process_id: 'a-b', status: 'COMPLETED', result: { notes } });
	session.emulator.state.faults.push({ path: '/v1/status/', status: 200, body });
	const { hints } = await session.run({ resource: 'job', operation: 'get', processId: 'a-b' });
	expect(texts(hints)).toEqual(['note 0', 'note 1', 'note 2', 'note 3', 'note 4']);
});

test('nothing to say, no hint', async () => {
	const { hints } = await session.run({ resource: 'webhook', operation: 'getMany' });
	expect(hints).toEqual([]);
});
