import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { resources } from '../../../nodes/MonsterApi/actions/operations';
import { projectFolder } from '../../support/n8n/cache-folder.cjs';
import { same, type Checks } from '../checks.cjs';
import { until } from '../until.cjs';
import type { Screenshots } from './screenshots.cjs';

/** The panel of nodes on the right. */
export class Panel {
	constructor(private readonly page: Page) {}

	/** Opens the panel and waits until it finds a node of this name. */
	async find(words: string, name = 'MonsterAPI'): Promise<void> {
		const search = this.page.getByTestId('node-creator-search-bar');
		if (!(await search.isVisible())) {
			await this.page.getByTestId('node-creator-plus-button').click();
		}
		await search.fill(words);
		await this.item(name).waitFor();
	}

	/** Empties the list, so that what is found next was found by its own words. */
	async findNothing(): Promise<void> {
		await this.page.getByTestId('node-creator-search-bar').fill('no node has this name');
		await this.page.getByTestId('node-creator-no-results').waitFor();
	}

	/** Adds a node to the canvas, which opens its form. */
	async add(action: string): Promise<void> {
		await this.find('MonsterAPI');
		await this.item('MonsterAPI').click();
		await this.item('On new MonsterAPI event').waitFor();
		if (!(await this.item(action).isVisible())) {
			await this.page.getByTestId('node-creator').getByText('Actions (').click();
		}
		await this.item(action).click();
		await this.page.getByTestId('node-parameters').waitFor();
	}

	/** The names of all entries that are shown. */
	async names(): Promise<string[]> {
		return await this.page.getByTestId('node-creator-item-name').allInnerTexts();
	}

	item(name: string) {
		return this.page.getByTestId('node-creator-item-name').getByText(name, { exact: true });
	}
}

interface Codex {
	readonly alias: readonly string[];
}

const aliases = (node: string): readonly string[] => {
	const file = join(projectFolder, 'nodes', node, `${node}.node.json`);
	// The project's own file, whose form the lint keeps.
	return (JSON.parse(readFileSync(file, 'utf8')) as Codex).alias;
};

/** The node is found by its name and by what people call its work. */
export async function checkPanel(
	page: Page,
	{ check }: Checks,
	screenshots?: Screenshots,
): Promise<void> {
	const panel = new Panel(page);
	const words = [...new Set([...aliases('MonsterApi'), ...aliases('MonsterApiTrigger')])];
	await check(`the panel finds the node by its name and ${words.length} other words`, async () => {
		await panel.find('MonsterAPI');
		for (const word of words) {
			await panel.findNothing();
			await panel.find(word);
		}
	});
	await check('the panel has the trigger and an action for each operation', async () => {
		await panel.find('MonsterAPI');
		await panel.item('MonsterAPI').click();
		const actions = Object.values(resources).flatMap(({ operations }) =>
			Object.values(operations).map(({ action }) => action),
		);
		await page.getByTestId('node-creator').getByText(`Actions (${actions.length})`).click();
		await panel.item(actions[0] ?? '').waitFor();
		// n8n draws a list of more than twenty bit by bit, with empty places for what is to come.
		const places = page.getByTestId('node-creator').locator('.n8n-loading');
		await until('the whole list is drawn', async () => (await places.count()) === 0);
		const expected = ['On new MonsterAPI event', ...actions];
		same('entries', (await panel.names()).sort(), expected.sort());
		await screenshots?.take('panel', page.getByTestId('node-creator'));
	});
}
