import { createHash, randomBytes } from 'node:crypto';

import type { INodeProperties } from 'n8n-workflow';

import { binaryOf, loadPackage } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};
const onlyJob = () => {
	const [job] = [...session.emulator.state.jobs.values()];
	if (job === undefined) throw new Error('no job was accepted');
	return job;
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test.each<[object, RegExp]>([
	[{ prompt: '={{ {} }}' }, /'Prompt' must be a text, but is an object/],
	[{ prompt: '={{ [] }}' }, /'Prompt' must be a text, but is a list/],
	[{ simplify: 'perhaps' }, /'Simplify' must be true or false/],
	[{ options: { maxConcurrency: 'many' } }, /'Max Concurrency' must be a number/],
])('%j is rejected before anything is billed', async (change, message) => {
	const { error } = await session.run({ ...write, ...change });
	expect(error?.message).toMatch(message);
	expect(session.calls()).toEqual([]);
});

test('an expression fails before anything is billed', async () => {
	const { error } = await session.run({ ...write, simplify: '={{ $("Nowhere").item.json.x }}' });
	expect(error?.message).toBeDefined();
	expect(session.calls()).toEqual([]);
});

test('a webhook name may be a plain string', async () => {
	session.emulator.state.webhooks.set('mine', {
		url_name: 'mine',
		webhook_url: 'http://127.0.0.1:9',
	});
	await session.run({ ...write, options: { webhookName: 'mine' } });
	expect(session.emulator.state.requests[0]?.path).toContain('webhook_url_name=mine');
});

test('a timeout of 0 waits without a limit', async () => {
	const { items } = await session.run({ ...write, options: { timeout: 0 } });
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

describe('a file', () => {
	const edit = { resource: 'model', operation: 'editImage', model: 'pix2pix', prompt: 'x' };
	const twoFiles = async () => {
		const [own, other] = [randomBytes(2_000), randomBytes(3_000)];
		const binary = {
			data: await binaryOf(own, 'own.png', 'image/png'),
			other: await binaryOf(other, 'other.png', 'image/png'),
		};
		return { other, binary };
	};

	test('may be returned by an expression', async () => {
		const { other, binary } = await twoFiles();
		const { error } = await session.run(
			{ ...edit, binaryPropertyName: '={{ $binary.other }}' },
			{ items: [{ json: {}, binary }] },
		);
		expect(error).toBeUndefined();
		expect(onlyJob().file).toMatchObject({ name: 'other.png', sha256: sha256(other) });
	});

	test('may be part of the JSON (combined mode)', async () => {
		const { other, binary } = await twoFiles();
		const { error } = await session.run(
			{ ...edit, binaryPropertyName: 'photos.other' },
			{ items: [{ json: { photos: binary } }], binaryMode: 'combined' },
		);
		expect(error).toBeUndefined();
		expect(onlyJob().file).toMatchObject({ name: 'other.png', sha256: sha256(other) });
	});
});

test('names and defaults are those that saved workflows rely on', async () => {
	const { types } = await loadPackage();
	const properties = types.nodes.find(({ name }) => name === 'monsterApi')?.properties ?? [];
	const defaultsOf = (list: INodeProperties[]) =>
		Object.fromEntries(list.map((field) => [field.name, field.default]));
	const fieldsOf = (resource: string, operation: string) =>
		properties.filter(
			({ displayOptions }) =>
				displayOptions?.show?.['resource']?.includes(resource) === true &&
				displayOptions.show['operation']?.includes(operation) === true &&
				displayOptions.show['@tool'] === undefined,
		);
	expect(defaultsOf(fieldsOf('model', 'generateImage'))).toEqual({
		model: { mode: 'list', value: 'sdxl-base', cachedResultName: 'Stable Diffusion XL 1.0' },
		prompt: '',
		parameters: {},
		waitForCompletion: true,
		download: true,
		simplify: true,
		options: {},
	});
	expect(defaultsOf(fieldsOf('model', 'transcribe'))).toMatchObject({
		fileSource: 'binary',
		binaryPropertyName: 'data',
		fileUrl: '',
	});
	expect(Object.keys(defaultsOf(fieldsOf('model', 'generateSpeech')))).toContain('voiceClone');
	expect(defaultsOf(fieldsOf('model', 'run'))).toMatchObject({
		model: { mode: 'list', value: '' },
		fileParameter: '',
	});
	expect(Object.keys(defaultsOf(fieldsOf('job', 'wait')))).toEqual([
		'processId',
		'download',
		'simplify',
		'options',
	]);
	const options = fieldsOf('model', 'generateImage').find(({ name }) => name === 'options');
	expect(defaultsOf((options?.options ?? []) as INodeProperties[])).toEqual({
		extraBody: '{}',
		includeInputFields: false,
		itemPerFile: false,
		maxConcurrency: 1000,
		maxFileSize: 1000,
		onTimeout: 'error',
		outputBinaryField: 'data',
		pollIntervalSeconds: 0,
		polling: 'balanced',
		timeout: 600,
		webhookName: { mode: 'list', value: '' },
	});
});
