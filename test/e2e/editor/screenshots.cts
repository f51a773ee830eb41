import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { projectFolder } from '../../support/n8n/cache-folder.cjs';

const schemes = ['light', 'dark'] as const;
const mostBytes = 200_000;

type Area = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** The images of the documentation, each in light and dark mode. */
export class Screenshots {
	private readonly folder = join(projectFolder, 'docs', 'images');

	constructor(private readonly page: Page) {
		mkdirSync(this.folder, { recursive: true });
	}

	/** Captures one element. */
	async take(name: string, part: Locator): Promise<void> {
		await this.save(name, await areaOf(part));
	}

	/** Captures the open node without its input panel: form and output side by side. */
	async takeForm(name: string): Promise<void> {
		const form = await areaOf(this.page.getByTestId('node-parameters'));
		const whole = await areaOf(this.page.getByTestId('ndv'));
		await this.save(name, { ...whole, x: form.x, width: whole.x + whole.width - form.x });
	}

	private async save(name: string, clip: Area): Promise<void> {
		// It would cover the result.
		await this.page.locator('.el-notification').first().waitFor({ state: 'hidden' });
		for (const scheme of schemes) {
			await this.page.emulateMedia({ colorScheme: scheme });
			// Icons that are not loaded yet would be missing.
			await this.page.waitForFunction('[...document.images].every(({ complete }) => complete)');
			const path = join(this.folder, `${name}-${scheme}.png`);
			await this.page.screenshot({ path, clip, animations: 'disabled', caret: 'hide' });
			const { size } = statSync(path);
			assert(size < mostBytes, `${path} has ${size} bytes`);
		}
		await this.page.emulateMedia({ colorScheme: 'light' });
	}
}

async function areaOf(part: Locator): Promise<Area> {
	const area = await part.boundingBox();
	assert(area !== null, 'a part of the page is not shown');
	return area;
}
