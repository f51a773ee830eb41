import type { IDataObject } from 'n8n-workflow';

import { listen, type Listener } from '../support/engine/callbacks.cjs';
import { byId, deployment, image, llm } from '../support/engine/deployments.cjs';
import { binaryOf } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

/* A default is for a field that is not set. It never replaces what an expression returned. */
const session = useSession();
const typo = '={{ $json.typo }}';
const model = (operation: string, more: IDataObject = {}): IDataObject => ({
	resource: 'model',
	operation,
	...more,
});
const write = model('generateText', { model: 'falcon-7b-instruct', prompt: 'Hello' });
const paint = model('generateImage', { model: 'txt2img', prompt: 'A boat' });
/* If an expression decides, the form shows the fields of both ways. */
const fileUrl = 'https://example.test/a.mp3';
const speak = model('generateSpeech', { model: 'sunoai-bark', prompt: 'Hello', fileUrl });
const hear = model('transcribe', { model: 'whisper', fileUrl });
const run = model('run', { model: 'custom-echo', body: '{ "a": 1 }', fileUrl });
const withOptions = (parameters: IDataObject, options: IDataObject) => ({ ...parameters, options });
const empty = [typo, '={{ null }}', '={{ "" }}', '={{ " " }}'];

const recording = async () => ({
	items: [
		{ json: {}, binary: { data: await binaryOf(Buffer.from('sound'), 'a.mp3', 'audio/mpeg') } },
	],
});

describe('an expression that returns nothing is refused before anything is sent', () => {
	test.each<[string, (value: string) => IDataObject, RegExp]>([
		['a switch', (v) => ({ ...write, simplify: v }), /'Simplify' must be true or false/],
		['Wait for Completion', (v) => ({ ...write, waitForCompletion: v }), /'Wait for Completion'/],
		['Download', (v) => ({ ...paint, download: v }), /'Download' must be true or false/],
		['Clone a Voice', (v) => ({ ...speak, voiceClone: v }), /'Clone a Voice' must be/],
		['Wait Until Live', (v) => ({ ...llm, waitUntilLive: v }), /'Wait Until Live' must be/],
		['Return All', (v) => deployment('getMany', { returnAll: v }), /'Return All' must be/],
		['Limit', (v) => deployment('getMany', { limit: v }), /'Limit' must be a number/],
		['lines', (v) => deployment('getLogs', { ...byId('d'), nLines: v }), /'Number of Lines' must/],
		['File Source', (v) => ({ ...hear, fileSource: v }), /'File Source' is empty/],
		[
			'Input',
			(v) => deployment('generate', { ...byId('d'), prompt: 'x', inputType: v }),
			/'Input' is empty/,
		],
		['Body', (v) => ({ ...run, body: v }), /'Body' must be a JSON object/],
		['a timeout', (v) => withOptions(write, { timeout: v }), /'Timeout \(Seconds\)' must be a n/],
		['an interval', (v) => withOptions(write, { pollIntervalSeconds: v }), /'Poll Interval \(S/],
		['Max Concurrency', (v) => withOptions(write, { maxConcurrency: v }), /'Max Concurrency' m/],
		['On Timeout', (v) => withOptions(write, { onTimeout: v }), /'On Timeout' is empty/],
		['Polling', (v) => withOptions(write, { polling: v }), /'Polling' is empty/],
		['the output field', (v) => withOptions(paint, { outputBinaryField: v }), /'Put Output Files/],
		['files', (v) => withOptions(paint, { itemPerFile: v }), /'One Item per File' must be/],
		['fields', (v) => withOptions(paint, { includeInputFields: v }), /'Include Input Fields' m/],
		['Terminate', (v) => ({ ...llm, terminateOnFailure: v }), /'Terminate on Failure' must/],
	])('%s', async (_what, parameters, message) => {
		for (const value of empty) {
			const { error } = await session.run(parameters(value));
			expect([value, error?.message]).toEqual([value, expect.stringMatching(message)]);
		}
		expect(session.calls()).toEqual([]);
	});

	test.each<[string, IDataObject, string]>([
		['a file parameter', { ...run, fileParameter: typo }, "'File Parameter' is empty"],
		['ports', { ...image, parameters: { port_numbers: typo } }, "'Port Numbers' is empty"],
		[
			'the value of a variable',
			{ ...image, envParams: { values: [{ name: 'TOKEN', value: typo }] } },
			"'Environment Variables > Value' is empty",
		],
		['a webhook', withOptions(write, { webhookName: typo }), "'Webhook Name' is empty"],
		[
			'a webhook by its name',
			withOptions(write, { webhookName: { __rl: true, mode: 'name', value: typo } }),
			"'Webhook Name' is empty",
		],
		['a filter', deployment('getMany', { filters: { status: typo } }), "'Status' is empty"],
	])('%s, although a text without characters is valid', async (_what, parameters, message) => {
		const { error } = await session.run(parameters);
		expect(error?.message).toBe(message);
		expect(session.calls()).toEqual([]);
	});

	test('a name for an upload', async () => {
		const upload = { resource: 'file', operation: 'upload', options: { fileName: typo } };
		const { error } = await session.run(upload, await recording());
		expect(error?.message).toBe("'File Name' is empty");
		expect(session.calls()).toEqual([]);
	});
});

describe('an expression that returns something else is refused', () => {
	test.each<[IDataObject, RegExp]>([
		[withOptions(write, { onTimeout: 'ignore' }), /'On Timeout' must be one of error, return/],
		[withOptions(write, { polling: 'fast' }), /'Polling' must be one of balanced, eager, frugal/],
		[withOptions(write, { polling: '={{ [] }}' }), /'Polling' must be a text, but is a list/],
		[withOptions(paint, { outputBinaryField: '={{ ["a"] }}' }), /must be a text, but is a list/],
		[withOptions(write, { webhookName: '={{ { id: 1 } }}' }), /must be a text, but is an object/],
		[{ ...hear, fileSource: '={{ "file" }}' }, /'File Source' must be one of binary, url/],
		[{ ...hear, fileSource: '={{ ["url"] }}' }, /'File Source' must be a text, but is a list/],
		[
			deployment('generate', { ...byId('d'), prompt: 'x', inputType: 'text' }),
			/'Input' must be one of prompt, variables/,
		],
	])('%j', async (parameters, message) => {
		const { error } = await session.run(parameters);
		expect(error?.message).toMatch(message);
		expect(session.calls()).toEqual([]);
	});
});

describe('what stays valid', () => {
	const onlyJob = () => {
		const [job] = [...session.emulator.state.jobs.values()];
		if (job === undefined) throw new Error('no job was accepted');
		return job;
	};

	test('a field that was cleared in the form has its default', async () => {
		const cleared = { timeout: null, onTimeout: null, polling: null, outputBinaryField: '' };
		const { items, error } = await session.run(withOptions(paint, cleared));
		expect(error).toBeUndefined();
		expect(items[0]?.binary).toHaveProperty('data');
	});

	test('a parameter that only some items have is not sent for the others', async () => {
		const parameters = { max_length: typo, temp: '={{ "" }}', top_k: '={{ null }}', top_p: 0.5 };
		const { error } = await session.run(
			withOptions({ ...write, parameters }, { extraBody: typo, webhookName: '={{ "" }}' }),
		);
		expect(error).toBeUndefined();
		expect(onlyJob().inputs).toEqual({ prompt: 'Hello', top_p: 0.5 });
		expect(onlyJob().webhookName).toBeUndefined();
	});

	test('a model without a file for some items', async () => {
		const { error } = await session.run({ ...run, fileParameter: '={{ "" }}' });
		expect(error).toBeUndefined();
		expect(onlyJob().file).toBeUndefined();
	});

	test('the value of a drop-down in any case', async () => {
		const { error } = await session.run({ ...hear, fileSource: '={{ "URL" }}' });
		expect(error).toBeUndefined();
		expect(onlyJob().file).toMatchObject({ source: 'url' });
	});
});

describe('the trigger', () => {
	let hooks = 0;
	const open: Listener[] = [];
	const trigger = async (parameters: IDataObject): Promise<Listener> => {
		const listener = await listen({
			credential: { apiKey, baseUrl: session.emulator.baseUrl },
			parameters,
			settings: { webhookId: `empty-${++hooks}` },
		});
		open.push(listener);
		return listener;
	};
	afterEach(async () => {
		await Promise.all(open.splice(0).map(async (listener) => await listener.close()));
	});

	test.each<[IDataObject, RegExp]>([
		[{ webhookName: '={{ undefined }}' }, /'Webhook Name' is empty/],
		[{ webhookName: '={{ ["mine"] }}' }, /'Webhook Name' must be a text, but is a list/],
		[{ statuses: '={{ undefined }}' }, /'Statuses' must be a list of texts/],
		[{ statuses: '={{ [] }}' }, /'Statuses' must be one or more of COMPLETED, FAILED/],
		[{ statuses: ['DONE'] }, /'Statuses' must be one or more of/],
		[{ statuses: '={{ [1] }}' }, /'Statuses' must be a list of texts/],
		[{ simplify: '={{ null }}' }, /'Simplify' must be true or false/],
		[{ download: 'perhaps' }, /'Download' must be true or false/],
		[{ options: { verify: '={{ undefined }}' } }, /'Verify' must be true or false/],
		[{ options: { ignoreDuplicates: '={{ "" }}' } }, /'Ignore Duplicates' must be true or false/],
		[{ options: { models: '={{ undefined }}' } }, /'Models' must be a list of texts/],
		[{ options: { outputBinaryField: '={{ "" }}' } }, /'Put Output Files in Field' is empty/],
	])('%j is refused when it is activated', async (parameters, message) => {
		const listener = await trigger(parameters);
		await expect(listener.hook('create')).rejects.toThrow(message);
		expect(session.emulator.state.webhooks.size).toBe(0);
	});

	test('takes switches and statuses as texts', async () => {
		const listener = await trigger({
			simplify: '={{ "false" }}',
			statuses: '={{ "completed" }}',
			options: { verify: 'false', models: '={{ "whisper" }}' },
		});
		await expect(listener.hook('create')).resolves.toBe(true);
	});
});
