import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

import { type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { NodeForm } from './node-form.cjs';
import { until } from '../until.cjs';
import type { Screenshots } from './screenshots.cjs';

/**
 * Opens the first file of the output, repeatedly if necessary: n8n returns to the list of files when the editor learns
 * of the end of the execution after its output.
 * @returns width and height of the loaded image
 */
async function preview(page: Page, output: Locator): Promise<readonly number[]> {
	const image = `document.querySelector('[data-test-id="output-panel"] img[src*="binary-data"]')`;
	let size: readonly number[] = [];
	await output.getByTestId('radio-button-binary').click();
	const open = output.getByTestId('ndv-view-binary-data').first();
	await until(
		'the preview is drawn',
		async () => {
			if (await open.isVisible()) await open.click({ timeout: 5_000 }).catch(() => undefined);
			// A string, since the tests have no browser types.
			const pixels = `[${image}?.naturalWidth ?? 0, ${image}?.naturalHeight ?? 0]`;
			size = await page.evaluate<number[]>(pixels);
			return size.every((length) => length > 0);
		},
		{ timeoutMs: 60_000, everyMs: 250 },
	);
	return size;
}

/** Generates a text and an image, from filling in the form to the result. */
export async function checkResults(
	page: Page,
	instance: SingleInstance,
	{ check }: Checks,
	screenshots?: Screenshots,
): Promise<void> {
	const form = new NodeForm(page);
	await check('a text is generated and shown', async () => {
		await form.chooseModelOperation('generateText');
		await form.pick('model', 'Llama 2 7B Chat');
		await form.field('prompt').fill('Write a haiku about the sea');
		const output = await form.execute(instance);
		await output
			.getByText(/was asked: “Write a haiku about the sea”/)
			.first()
			.waitFor();
	});
	await check('an image is generated, and its preview is the image', async () => {
		await form.chooseModelOperation('generateImage');
		await form.pick('model', 'Stable Diffusion XL 1.0');
		await form.field('prompt').fill('A lighthouse in a storm');
		await form.addParameter('Style');
		await form.choose('style', 'Watercolor');
		const output = await form.execute(instance);
		const size = await preview(page, output);
		assert(
			size.every((pixels) => pixels >= 64),
			`it has ${size.join(' x ')} pixels`,
		);
		await screenshots?.takeForm('image');
		return `${size.join(' x ')} pixels`;
	});
}
