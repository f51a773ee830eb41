import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

import { type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { submitJob, names } from '../workflows.cjs';
import { backToCanvas, newWorkflow } from './canvas.cjs';
import { NodeForm } from './node-form.cjs';
import { Panel } from './panel.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';

/** Publishes a workflow with the trigger by mouse. */
export async function checkTrigger(
	page: Page,
	instance: SingleInstance,
	version: string,
	{ check }: Checks,
): Promise<void> {
	await check('the trigger’s panel says how to test, and the form shows the names', async () => {
		await newWorkflow(page, instance);
		await new Panel(page).add('On new MonsterAPI event');
		const ndv = page.getByTestId('ndv');
		await ndv.getByText('Start when a MonsterAPI job ends').waitFor();
		await ndv.getByText('When will this node trigger my flow?').click();
		await ndv.getByText('To test').waitFor();
		const shown = ndv.getByTestId('parameter-expression-preview-testWebhookName');
		await shown.getByText(/^n8n-trigger-[\da-f]{8}-test$/).waitFor();
		await new NodeForm(page).field('webhookName').fill('mine');
		// n8n 1.x evaluates it again only when the node is opened again.
		await backToCanvas(page);
		await page.getByTestId('canvas-node').dblclick();
		await shown.getByText('mine-test').waitFor();
	});

	await check('publishing switches the trigger on, and a job starts the workflow', async () => {
		await newWorkflow(page, instance);
		await new Panel(page).add('On new MonsterAPI event');
		await new NodeForm(page).field('webhookName').fill('by-mouse');
		await backToCanvas(page);
		if (version.startsWith('1.')) {
			await page.getByTestId('workflow-save-button').click();
			await page.getByTestId('workflow-activate-switch').click();
		} else {
			await page.getByTestId('workflow-open-publish-modal-button').click();
			await page.getByTestId('workflow-publish-button').click();
		}
		await page.getByText('MonsterAPI now calls this workflow for jobs').waitFor();
		assert(names(instance).includes('by-mouse'), `registered are: ${names(instance).join(', ')}`);
		await page.getByRole('button', { name: 'Got it' }).click();

		await submitJob(instance, 'by-mouse');
		const [, id = ''] = /\/workflow\/([^/?]+)/.exec(page.url()) ?? [];
		const [execution] = await triggeredExecutions(instance.api, id, 1);
		assert(execution?.status === 'success', `it ended as ${execution?.status}`);
	});
}
