import { bytesOf, textOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const job = (operation: string, parameters: object) => ({
	resource: 'job',
	operation,
	...parameters,
});

/** Submits a job and returns its ID, as an earlier node or execution would have. */
async function submitted(operation: string, parameters: object): Promise<string> {
	const { items } = await session.run({
		resource: 'model',
		operation,
		waitForCompletion: false,
		...parameters,
	});
	session.emulator.state.requests.length = 0;
	return textOf(items[0], 'process_id');
}
const text = { model: 'falcon-7b-instruct', prompt: 'Hello' };
const image = { model: 'txt2img', prompt: 'A boat' };
const slow = () => (session.emulator.state.settings.workMs = 3_600_000);

describe('get', () => {
	test('reads a running job once', async () => {
		slow();
		const id = await submitted('generateText', text);
		const { items } = await session.run(job('get', { processId: id }));
		expect(items[0]?.json).toEqual({ process_id: id, status: 'IN_PROGRESS' });
		expect(session.calls()).toEqual([`GET /v1/status/${id}`]);
	});

	test('returns the result of a finished one, files included', async () => {
		const id = await submitted('generateImage', image);
		const { items } = await session.run(job('get', { processId: `={{ "${id}" }}` }));
		expect(items[0]?.json).toMatchObject({
			process_id: id,
			status: 'COMPLETED',
			output: [expect.any(String)],
		});
		expect((await bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
		const raw = await session.run(job('get', { processId: id, simplify: false, download: false }));
		expect(raw.items[0]).toMatchObject({ json: { result: { output: [expect.any(String)] } } });
		expect(raw.items[0]?.binary).toBeUndefined();
	});

	test('returns a failed one without failing itself', async () => {
		const id = await submitted('generateText', { ...text, prompt: '[fail: too hot]' });
		const { items, error } = await session.run(job('get', { processId: id }));
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ process_id: id, status: 'FAILED', message: 'too hot' });
	});

	test.each<[string, RegExp]>([
		['0b7e3c1e-1111-2222-3333-444455556666', /does not know this job/],
		['../upload', /not a valid MonsterAPI ID/],
		['={{ "" }}', /process ID is empty/],
	])('%s is rejected', async (processId, message) => {
		const { error } = await session.run(job('get', { processId }));
		expect(error?.message).toMatch(message);
		expect(session.calls().every((call) => call.startsWith('GET /v1/status/'))).toBe(true);
	});

	test('retries errors and odd responses of the API', async () => {
		const id = await submitted('generateText', text);
		session.emulator.state.faults.push(
			{ status: 503, body: '<html>busy</html>', headers: { 'retry-after': '0' } },
			{ status: 200, body: '' },
			{ drop: 'half' },
		);
		const { items, error } = await session.run(job('get', { processId: id }));
		expect(error).toBeUndefined();
		expect(items[0]?.json['status']).toBe('COMPLETED');
		expect(session.calls()).toHaveLength(4);
	});

	test('gives up after five errors of the API', async () => {
		const soon = { 'retry-after': '0' };
		session.emulator.state.faults.push({ status: 503, headers: soon, times: 99 });
		const { error } = await session.run(job('get', { processId: 'a-b' }));
		expect(error?.httpCode).toBe('503');
		expect(session.calls()).toHaveLength(5);
	});
});

describe('wait', () => {
	test('returns the result of a job that ended long ago without a pause', async () => {
		const id = await submitted('generateImage', image);
		await session.settled(id);
		const { items } = await session.run(
			job('wait', { processId: id, options: { outputBinaryField: 'boat' } }),
		);
		expect(items[0]?.json).toMatchObject({ process_id: id, status: 'COMPLETED' });
		expect(Object.keys(items[0]?.binary ?? {})).toEqual(['boat']);
		expect(session.calls()).toEqual([
			`GET /v1/status/${id}`,
			expect.stringMatching(/^GET \/files\//),
		]);
	});

	test('throws the API’s reason when the job failed', async () => {
		const id = await submitted('generateText', { ...text, prompt: '[fail: too hot]' });
		const { error } = await session.run(job('wait', { processId: id }));
		expect(error?.message).toContain('too hot');
		// A failed job has no result to get later.
		expect(error?.description).toContain(id);
		expect(error?.description).not.toContain('accepted');
	});

	test('does not claim that an unknown job was accepted', async () => {
		const { error } = await session.run(job('wait', { processId: 'no-such-job' }));
		expect(error?.message).toContain('does not know this job');
		expect(error?.description).not.toContain('accepted');
	});

	test('says that a job whose file is missing was accepted', async () => {
		const id = await submitted('generateImage', { model: 'txt2img', prompt: 'A boat' });
		const fault = { path: '/files/', status: 404, headers: { 'retry-after': '0' } };
		session.emulator.state.faults.push({ ...fault, times: 9 });
		const { error } = await session.run(job('wait', { processId: id }));
		expect(error?.message).toBe('The result file does not exist');
		expect(error?.description).toContain('accepted these jobs');
		expect(error?.description).toContain(`item 0: ${id}`);
	});

	test('reports a rate limit that left no time to poll', async () => {
		const id = await submitted('generateText', text);
		const fault = { method: 'GET', status: 429, headers: { 'retry-after': '90' } };
		session.emulator.state.faults.push({ ...fault, times: 9 });
		const { error } = await session.run(job('wait', { processId: id, options: { timeout: 60 } }));
		expect(error?.message).toContain('rate limit left no time');
		expect(error?.description).toContain(id);
	});

	test('times out with the ID and advice', async () => {
		slow();
		const id = await submitted('generateText', text);
		const { error } = await session.run(job('wait', { processId: id, options: { timeout: 0.3 } }));
		expect(error?.message).toMatch(/did not end within 0\.3 seconds and continues/);
		expect(error?.description).toContain(id);
	});

	test('returns the job in its current state if that is wanted', async () => {
		slow();
		const id = await submitted('generateText', text);
		const { items } = await session.run(
			job('wait', { processId: id, options: { timeout: 0.3, onTimeout: 'return' } }),
		);
		expect(items[0]?.json).toEqual({ process_id: id, status: 'IN_PROGRESS', timed_out: true });
	});
});

test('an operation that this version lacks is reported', async () => {
	const { error } = await session.run({
		resource: 'job',
		operation: 'constructor',
		processId: 'x',
	});
	expect(error?.message).toContain("no operation 'constructor'");
});
