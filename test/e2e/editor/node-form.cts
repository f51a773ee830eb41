import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

import type { Parameter } from '../../../nodes/core/catalogue/index';
import { resources, type Operations } from '../../../nodes/MonsterApi/actions/operations';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
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

	/** Selects an entry of a picker. @returns the labels of all its entries */
	async pick(name: string, label: string, count = 1): Promise<string[]> {
		await this.chooseMode(name, 'From list');
		await this.picker(name).getByTestId('rlc-input').click();
		const items = this.page.getByTestId('rlc-item').filter({ visible: true });
		// n8n 1.x shows the chosen entry alone until the list is loaded.
		await until(`${count} entries are listed`, async () => (await items.count()) >= count);
		const texts = await items.allInnerTexts();
		await items.filter({ has: this.page.getByText(label, { exact: true }) }).click();
		await items.first().waitFor({ state: 'hidden' });
		return texts.map((text) => text.split('\n')[0]?.trim() ?? '');
	}

	/** Enters an ID in a picker instead. */
	async enterId(name: string, id: string): Promise<void> {
		await this.chooseMode(name, 'By ID');
		await this.picker(name).getByTestId('rlc-input').fill(id);
	}

	private async chooseMode(name: string, mode: string): Promise<void> {
		const selector = this.picker(name).getByTestId('rlc-mode-selector').locator('input').first();
		if ((await selector.inputValue()) !== mode) await choose(selector, mode);
	}

	/** Selects an operation of the resource AI Model; the model of the one before must not stay. */
	async chooseModelOperation(operation: Operations['model']): Promise<void> {
		const before = await this.field('operation').inputValue();
		await this.chooseOperation('model', operation);
		if (before === resources.model.operations[operation].name) return;
		await until('the model is empty', async () => (await this.picked('model')) === '');
	}

	/** What a picker shows as its value. */
	async picked(name: string): Promise<string> {
		return await this.picker(name).getByTestId('rlc-input').inputValue();
	}

	private picker(name: string): Locator {
		return this.form.getByTestId(`resource-locator-${name}`);
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
