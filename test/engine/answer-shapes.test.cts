import { callbackOf, useCallbacks } from '../support/engine/callback-session.cjs';
import { bytesOf, textOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const callbacks = useCallbacks(session);
const faults = () => session.emulator.state.faults;
const wait = async (processId: string, more: object = {}) =>
	await session.run({ resource: 'job', operation: 'wait', processId, ...more });

const page = { status: 200, body: '<html>Sign in</html>', contentType: 'text/html' };
const png = 'iVBORw0KGgoAAAANSUhEUg==';
const generateImage = { operation: 'generateImage', model: 'txt2img' };

/** A finished job with one image, and that image's address. */
async function finished(): Promise<{ id: string; url: URL }> {
	const id = await callbacks.job('A boat', generateImage);
	const { items } = await wait(id, { download: false, simplify: false });
	const result: unknown = items[0]?.json['result'];
	const [, address = ''] = /"(http[^"]+)"/.exec(JSON.stringify(result)) ?? [];
	return { id, url: new URL(address) };
}

/** The next status reads are answered with this result. */
const answerWith = (id: string, result: unknown, times = 1) =>
	faults().push({
		path: `/v1/status/${id}`,
		times,
		status: 200,
		body: { process_id: id, status: 'COMPLETED', result },
	});

describe('the files of a job', () => {
	test.each<[string, (url: URL) => unknown]>([
		['objects', ({ href }) => ({ output: [{ url: href, seed: 7 }] })],
		['an image without output', ({ href }) => ({ image: href })],
		['nested lists', ({ href }) => ({ output: [[href]] })],
		['paths', ({ pathname }) => ({ output: [pathname] })],
		['URLs without a protocol', ({ host, pathname }) => ({ output: `//${host}${pathname}` })],
		['data: URLs', () => ({ output: [`data:image/png;base64,${png}`] })],
	])('are downloaded from %s', async (_name, resultOf) => {
		const { id, url } = await finished();
		answerWith(id, resultOf(url));
		const { items } = await wait(id);
		expect((await bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
		expect(items[0]?.binary?.['data']).toMatchObject({
			mimeType: 'image/png',
			fileExtension: 'png',
		});
		expect(items[0]?.json['download_failed']).toBeUndefined();
	});

	test('that are a page are an error with the job and its URLs', async () => {
		const { id, url } = await finished();
		faults().push({ path: '/files/', times: 4, ...page });
		const failed = await session.run(
			{ resource: 'job', operation: 'wait', processId: id },
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(failed.items[0]?.json).toMatchObject({
			error: 'The file storage answered with a web page instead of a file',
			process_id: id,
			output: [url.href],
		});
	});

	test('that are missing are told in the item, in both nodes', async () => {
		await callbacks.start();
		const { id } = await finished();
		answerWith(id, { output: ['a sunny day'] }, 2);
		const { items } = await wait(id);
		expect(items[0]?.json).toMatchObject({
			status: 'COMPLETED',
			output: ['a sunny day'],
			download_failed: 'No file was found in the result',
		});
		await callbacks.send({ ...callbackOf(id), model_name: 'txt2img' });
		const { started } = callbacks.listener;
		while (started.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
		expect(started[0]?.[0]?.json).toEqual({ ...items[0]?.json, model: 'txt2img' });
	});

	test('are not missed where none are wanted', async () => {
		const { id } = await finished();
		answerWith(id, { output: ['a sunny day'] });
		const { items } = await wait(id, { download: false });
		expect(items[0]?.json).not.toHaveProperty('download_failed');
	});
});

describe('the API’s reason', () => {
	const generate = {
		resource: 'model',
		operation: 'generateText',
		model: 'falcon-7b-instruct',
		prompt: 'Hello',
	};

	test.each<[string, object]>([
		['a refusal', { status: 400, body: { error: { message: 'no credits' } } }],
		['a plain text', { status: 400, body: 'no credits', contentType: 'text/plain' }],
		['a 200 without an ID', { status: 200, body: { message: 'no credits' } }],
	])('is shown of %s', async (_name, fault) => {
		faults().push({ path: '/v1/generate/', ...fault });
		const { error } = await session.run(generate);
		expect(error?.description).toContain('MonsterAPI answered: no credits');
	});

	test('is shown of a failed job', async () => {
		const { items } = await session.run({ ...generate, waitForCompletion: false });
		const id = textOf(items[0], 'process_id');
		const body = { status: 'FAILED', result: { error: { detail: 'no GPU' } } };
		faults().push({ path: `/v1/status/${id}`, status: 200, body });
		const { error } = await wait(id);
		expect(error?.message).toBe('MonsterAPI could not finish the job: no GPU');
	});
});
