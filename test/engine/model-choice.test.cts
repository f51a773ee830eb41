import { randomBytes } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { models, modelsByFamily } from '../../nodes/core/catalogue/index';
import { searchList } from '../support/engine/contexts.cjs';
import { binaryOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const locator = (mode: 'list' | 'id', value: string) => ({ __rl: true, mode, value });
const write = { resource: 'model', operation: 'generateText', prompt: 'Hello' };
const onlyJob = () => {
	const [job] = [...session.emulator.state.jobs.values()];
	if (job === undefined) throw new Error('no job was accepted');
	return job;
};

describe('the model of an operation', () => {
	test.each<[string, IDataObject | string]>([
		['from the list', locator('list', 'falcon-7b-instruct')],
		['by its ID', locator('id', ' falcon-7b-instruct ')],
		['as a plain text', 'falcon-7b-instruct'],
		['as an expression', '={{ $json.model }}'],
		['as an expression in the locator', locator('id', '={{ $json.model }}')],
	])('%s', async (_name, model) => {
		const items = [{ json: { model: 'falcon-7b-instruct' } }];
		const parameters = { max_length: 10 };
		const { error } = await session.run({ ...write, model, parameters }, { items });
		expect(error).toBeUndefined();
		expect(onlyJob()).toMatchObject({
			model: 'falcon-7b-instruct',
			inputs: { prompt: 'Hello', max_length: 10 },
		});
	});

	test.each([
		['without one', undefined, 'llama2-7b-chat'],
		['to run, from the list', locator('list', 'zephyr-7b-beta'), 'zephyr-7b-beta'],
	])('%s', async (_name, model, expected) => {
		const { error } = await session.run(
			model === undefined
				? write
				: { resource: 'model', operation: 'run', model, body: '{ "prompt": "Hello" }' },
		);
		expect(error).toBeUndefined();
		expect(onlyJob().model).toBe(expected);
	});

	test.each<[IDataObject | string, RegExp]>([
		['={{ "" }}', /The model is empty/],
		[locator('id', '={{ $json.nothing }}'), /The model is empty/],
		[locator('id', '={{ "../status" }}'), /not a valid model ID/],
		[locator('id', 'sdxl-base'), /belongs to another operation/],
		['={{ ["sdxl-base"] }}', /'Model' must be a text, but is a list/],
	])('%j is refused before anything is sent', async (model, message) => {
		const { error } = await session.run({ ...write, model });
		expect(error?.message).toMatch(message);
		expect(session.calls()).toEqual([]);
	});
});

test.each<[IDataObject, RegExp]>([
	[locator('list', ''), /Parameter "Model" is required/],
	[locator('id', '../status'), /A model ID contains only/],
])('%j is shown as an issue in the form', async (model, issue) => {
	await expect(session.run({ ...write, model })).rejects.toThrow(issue);
});

describe('a model that the catalogue does not know', () => {
	beforeEach(() => {
		session.emulator.state.settings.extraModels = { 'my-own': 'echo' };
	});
	const image = async () => ({
		items: [
			{ json: {}, binary: { data: await binaryOf(randomBytes(99), 'a.webp', 'image/webp') } },
		],
	});

	test.each(['my-own', locator('id', 'my-own'), locator('list', 'my-own')])(
		'%j is sent with its parameters, of which only the types are known',
		async (model) => {
			const parameters = { max_length: 10, temp: 7, top_k: '5' };
			const { error } = await session.run({ ...write, model, parameters });
			expect(error).toBeUndefined();
			expect(onlyJob()).toMatchObject({
				model: 'my-own',
				inputs: { prompt: 'Hello', max_length: 10, temp: 7, top_k: 5 },
			});
		},
	);

	test('takes the family’s file in any format', async () => {
		const edit = { resource: 'model', operation: 'editImage', prompt: 'Night', model: 'my-own' };
		const parameters = { strength: 0.5, style: 'my-style' };
		const { error } = await session.run({ ...edit, parameters }, await image());
		expect(error).toBeUndefined();
		expect(onlyJob()).toMatchObject({
			file: { name: 'a.webp' },
			inputs: { strength: '0.5', style: 'my-style' },
		});
	});

	test('speaks without a file, unless a voice is to be cloned', async () => {
		const speak = { resource: 'model', operation: 'generateSpeech', prompt: 'Hi', model: 'my-own' };
		await session.run({ ...speak, parameters: { speaker: 'my-voice' } });
		expect(onlyJob().inputs).toEqual({ prompt: 'Hi', speaker: 'my-voice' });
	});
});

test('a model that nobody knows is refused by the server', async () => {
	const { error } = await session.run({ ...write, model: locator('id', 'gpt-9') });
	expect(error?.message).toBe('MonsterAPI does not know this model');
	expect(error?.description).toContain('spelling');
});

test('a wrong type is refused before an unknown model is called', async () => {
	const parameters = { temp: 'hot' };
	const { error } = await session.run({ ...write, model: 'my-own', parameters });
	expect(error?.message).toBe("'Temperature' (temp) must be a number, but is 'hot'");
	expect(session.calls()).toEqual([]);
});

describe('the picker', () => {
	const search = async (method = 'searchTextModels', filter?: string, key?: string) => {
		const options = session.options(write, {
			...(key === undefined
				? {}
				: { credential: { apiKey: key, baseUrl: session.emulator.baseUrl } }),
		});
		const { results } = (await searchList(options, method, filter)) as {
			results: Array<{ name: string; value: string; description?: string }>;
		};
		return results;
	};
	const valuesOf = (results: Array<{ value: string }>) => results.map(({ value }) => value);
	const textIds = modelsByFamily.text.map(({ id }) => id);
	const served = [
		{ id: 'qwen3:4b', family: 'text', label: 'Qwen 3 4B' },
		{ id: 'llama2-7b-chat', family: 'text', label: 'Llama of the gateway' },
		{ id: 'flux', family: 'image', label: 'Flux' },
	];

	test('lists the catalogue and what the server names besides, by label', async () => {
		session.expectViolations(/models/);
		session.emulator.state.settings.models = served;
		const results = await search();
		expect(valuesOf(results).sort()).toEqual([...textIds, 'qwen3:4b'].sort());
		const names = results.map(({ name }) => name);
		expect(names).toEqual([...names].sort((left, right) => left.localeCompare(right, 'en')));
		expect(results).toContainEqual({ name: 'Qwen 3 4B', value: 'qwen3:4b' });
		expect(results).toContainEqual(
			expect.objectContaining({ name: 'Llama 2 7B Chat', value: 'llama2-7b-chat' }),
		);
		expect(valuesOf(await search('searchImageModels'))).toEqual(['flux', 'sdxl-base', 'txt2img']);
		expect(await search('searchAllModels')).toHaveLength(models.length + 2);
	});

	test('is searched by name and ID', async () => {
		session.expectViolations(/models/);
		session.emulator.state.settings.models = served;
		expect(valuesOf(await search('searchTextModels', 'qwen 3'))).toEqual(['qwen3:4b']);
		expect(valuesOf(await search('searchTextModels', 'QWEN3:'))).toEqual(['qwen3:4b']);
		expect(await search('searchTextModels', 'no such model')).toEqual([]);
	});

	test.each([
		['there is no such call', undefined],
		['the server fails', { status: 500 }],
		['the answer is no list', { status: 200, body: { data: 'none' } }],
		['the connection breaks off', { drop: 'before' }],
	])('is the catalogue alone if %s', async (_name, fault) => {
		session.expectViolations(/models/);
		if (fault !== undefined) {
			session.emulator.state.faults.push({ method: 'GET', ...fault } as never);
		}
		expect(valuesOf(await search()).sort()).toEqual([...textIds].sort());
		expect(session.calls()).toEqual(['GET /v1/models']);
	});

	test('is the catalogue alone if the key cannot be used, or is wrong', async () => {
		session.expectViolations(/models/);
		session.emulator.state.settings.models = served;
		expect(await search('searchTextModels', undefined, '')).toHaveLength(textIds.length);
		expect(await search('searchTextModels', undefined, 'wrong')).toHaveLength(textIds.length);
	});
});
