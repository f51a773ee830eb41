import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

import {
	modelsByFamily,
	type Family,
	type Model,
	type Parameter,
} from '../../../nodes/core/catalogue/index';
import { resources, type Operations } from '../../../nodes/MonsterApi/actions/operations';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { choose, offered } from './dropdown.cjs';

/** The open form of a node. */
export class NodeForm {
	private readonly form: Locator;

	constructor(private readonly page: Page) {
		this.form = page.getByTestId('node-parameters');
	}

	/** The input of a parameter of any kind. */
	field(name: string): Locator {
		return this.form.getByTestId(`parameter-input-${name}`).locator('input, textarea').first();
	}

	/** @returns all labels that the drop-down of the parameter offers */
	async choose(name: string, label: string): Promise<string[]> {
		return await choose(this.field(name), label);
	}

	async chooseOperation<R extends keyof Operations>(
		resource: R,
		operation: Operations[R],
	): Promise<void> {
		const { name, operations } = resources[resource];
		await this.choose('resource', name);
		await this.choose('operation', operations[operation].name);
	}

	/** The drop-down that adds a parameter to the first collection. */
	get adder(): Locator {
		return this.form.getByPlaceholder('Add parameter').first();
	}

	async addParameter(label: string): Promise<void> {
		await choose(this.adder, label);
	}

	/** The names of all parameters that are shown. */
	async names(): Promise<string[]> {
		const prefix = 'parameter-input-';
		const ids = await this.form
			.locator(`[data-test-id^="${prefix}"]:visible`)
			.evaluateAll((all: Array<{ getAttribute(name: string): string | null }>) =>
				all.map((one) => one.getAttribute('data-test-id') ?? ''),
			);
		const parts = new Set(['field', 'item', 'hint']);
		return ids.map((id) => id.slice(prefix.length)).filter((name) => !parts.has(name));
	}

	/** Executes the node and requires success. @returns the output panel */
	async execute({ api }: SingleInstance): Promise<Locator> {
		const output = this.page.getByTestId('output-panel');
		const answer = this.page.waitForResponse(/\/rest\/workflows\/[^/]+\/run/);
		await this.page.getByTestId('node-execute-button').click();
		const { data } = (await (await answer).json()) as { data: { executionId: string } };
		const { status, error } = await api.waitForExecution(data.executionId);
		assert(status === 'success', `it ended as ${status}: ${error?.message}`);
		await output.getByTestId('node-run-status-success').waitFor();
		return output;
	}
}

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

const labelsOf = (parameters: Readonly<Record<string, Parameter>>): string[] =>
	Object.values(parameters)
		.map(({ label }) => label)
		.sort((left, right) => left.localeCompare(right, 'en'));

/** Throws unless the first collection of the form offers exactly these parameters. */
export async function expectParameters(
	form: NodeForm,
	label: string,
	parameters: Readonly<Record<string, Parameter>>,
): Promise<void> {
	expectEqual(`parameters of ${label}`, await offered(form.adder), labelsOf(parameters));
}

/** The form of each model in the catalogue shows exactly that model's fields. */
export async function checkModels(page: Page, { check }: Checks): Promise<void> {
	const form = new NodeForm(page);
	for (const [family, operation] of Object.entries(operationOf)) {
		const models = modelsByFamily[family as Family];
		await check(`${operation}: each of ${models.length} models shows its own fields`, async () => {
			await form.chooseOperation('model', operation);
			const labels = models
				.map(({ label }) => label)
				.sort((left, right) => left.localeCompare(right, 'en'));
			for (const model of models) {
				const choices = await form.choose('model', model.label);
				expectEqual(
					'models',
					choices.filter((label) => label !== 'Custom API Call'),
					labels,
				);
				expectEqual(`fields of ${model.id}`, (await form.names()).sort(), fieldsOf(model).sort());
				await expectParameters(form, model.id, model.parameters);
			}
		});
	}
}
