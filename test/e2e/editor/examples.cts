import type { Page } from 'playwright-core';

import { readExamples } from '../../support/n8n/workflow-files.cjs';
import type { Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import type { Screenshots } from './screenshots.cjs';

/** The examples with a picture in examples/README.md. */
const pictured = [
	'form-to-subtitles',
	'agent-with-tools',
	'nightly-images',
	'long-job',
	'voice-notes',
];

/** Renews the pictures of the examples. */
export async function takeExamples(
	page: Page,
	{ api, baseUrl }: SingleInstance,
	{ check }: Checks,
	screenshots: Screenshots,
): Promise<void> {
	for (const { id, workflow } of readExamples().filter((one) => pictured.includes(one.id))) {
		await check(`a picture of ${id}`, async () => {
			const stored = await api.createWorkflow(workflow);
			await page.goto(`${baseUrl}/workflow/${stored.id}`, { waitUntil: 'networkidle' });
			await page.getByTestId('canvas-node').first().waitFor();
			await page.getByTestId('zoom-to-fit').click();
			await screenshots.take(`example-${id}`, page.getByTestId('canvas'));
		});
	}
}
