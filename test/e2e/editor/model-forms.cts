import type { Page } from 'playwright-core';

import {
	findModel,
	modelsByFamily,
	type Family,
	type Model,
} from '../../../nodes/core/catalogue/index';
import { unknownModel } from '../../../nodes/core/catalogue/unknownModel';
import type { Operations } from '../../../nodes/MonsterApi/actions/operations';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { expectParameters, NodeForm } from './node-form.cjs';

const operationOf: Readonly<Record<Family, Operations['model']>> = {
	text: 'generateText',
	image: 'generateImage',
	imageEdit: 'editImage',
	transcription: 'transcribe',
	speech: 'generateSpeech',
};

const withFiles: readonly Family[] = ['image', 'imageEdit', 'speech', 'transcription'];

/** The fields of a model outside its collections. */
function fieldsOf({ family, file, promptRequired }: Model): string[] {
	return [
		'resource',
		'operation',
		'model',
		...(promptRequired ? ['prompt'] : []),
		...(file === undefined
			? []
			: file.enabledBy === undefined
				? ['fileSource', 'binaryPropertyName']
				: ['voiceClone']),
		'waitForCompletion',
		...(withFiles.includes(family) ? ['download'] : []),
		'simplify',
	];
}

const sorted = (labels: readonly string[]): string[] =>
	[...labels].sort((left, right) => left.localeCompare(right, 'en'));

/** The form of each model in the catalogue shows exactly that model's fields. */
export async function checkModels(page: Page, { check }: Checks): Promise<void> {
	const form = new NodeForm(page);
	for (const family of Object.keys(operationOf) as Family[]) {
		const operation = operationOf[family];
		const models = modelsByFamily[family];
		await check(
			`${operation}: each of ${models.length} models shows its own fields, and none of another operation stays`,
			async () => {
				await form.chooseModelOperation(operation);
				for (const model of models) {
					const choices = await form.pick('model', model.label, models.length);
					expectEqual('models', sorted(choices), sorted(models.map(({ label }) => label)));
					expectEqual('model', await form.picked('model'), model.label);
					expectEqual(`fields of ${model.id}`, (await form.names()).sort(), fieldsOf(model).sort());
					await expectParameters(form, model.id, model.parameters);
				}
			},
		);
	}
}

/** Models that only the server knows, or nobody. */
export async function checkForeignModels(
	page: Page,
	{ emulator }: SingleInstance,
	{ check }: Checks,
): Promise<void> {
	const form = new NodeForm(page);
	for (const family of Object.keys(operationOf) as Family[]) {
		const operation = operationOf[family];
		await check(`${operation}: a model by its ID has all parameters, each once`, async () => {
			await form.chooseModelOperation(operation);
			await form.enterId('model', 'my-own');
			await expectParameters(form, 'my-own', unknownModel(family, 'my-own').parameters);
		});
	}
	await check('the list has what the server names besides the catalogue', async () => {
		emulator.state.settings.models = [{ id: 'qwen3:4b', family: 'text', label: 'Qwen 3 4B' }];
		await form.chooseModelOperation('generateText');
		const choices = await form.pick('model', 'Qwen 3 4B', modelsByFamily.text.length + 1);
		const labels = ['Qwen 3 4B', ...modelsByFamily.text.map(({ label }) => label)];
		expectEqual('models', sorted(choices), sorted(labels));
		await expectParameters(form, 'qwen3:4b', unknownModel('text', 'qwen3:4b').parameters);
		emulator.state.settings.models = null;
	});
}

/** Workflows as they were saved before, or written by hand. */
export async function checkStoredModels(
	page: Page,
	{ api, baseUrl }: SingleInstance,
	{ check }: Checks,
): Promise<void> {
	const node = (name: string, model: unknown, index: number) => ({
		name,
		type: 'n8n-nodes-monsterapi.monsterApi',
		typeVersion: 1,
		position: [0, index * 200] satisfies [number, number],
		parameters: { resource: 'model', operation: 'generateImage', model },
	});
	const byId = (value: string) => ({ __rl: true, mode: 'id', value });
	const models: ReadonlyArray<[string, unknown, string]> = [
		['Text', 'txt2img', 'txt2img'],
		['Expression', '={{ $json.kind }}', '{{ $json.kind }}'],
		['Locator', byId('my-own'), 'my-own'],
		['Both', byId('={{ $json.model }}'), '{{ $json.model }}'],
	];
	await check('the sub-title shows the model, however it is stored', async () => {
		const { id } = await api.createWorkflow({
			name: 'Stored models',
			nodes: models.map(([name, model], index) => node(name, model, index)),
			connections: {},
		});
		await page.goto(`${baseUrl}/workflow/${id}`);
		for (const [, , shown] of models) {
			await page.getByText(`generateImage: ${shown}`, { exact: true }).waitFor();
		}
	});
	await check('a model that was stored as a text has its own parameters', async () => {
		const node = page.getByTestId('canvas-node').filter({ hasText: 'generateImage: txt2img' });
		await node.dblclick();
		await page.getByTestId('node-parameters').waitFor();
		const form = new NodeForm(page);
		expectEqual('model', await form.picked('model'), 'txt2img');
		await expectParameters(form, 'txt2img', findModel('txt2img')?.parameters ?? {});
	});
}
