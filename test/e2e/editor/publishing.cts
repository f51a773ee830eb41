import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

import { type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
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

	const publish = async () => {
		if (version.startsWith('1.')) {
			await page.getByTestId('workflow-save-button').click();
			await page.getByTestId('workflow-activate-switch').click();
		} else {
			await page.getByTestId('workflow-open-publish-modal-button').click();
			await page.getByTestId('workflow-publish-button').click();
		}
	};

	await check('a trigger whose URL MonsterAPI cannot reach: the advice is shown', async () => {
		const { settings } = instance.emulator.state;
		settings.probeTimeoutMs = 0;
		await newWorkflow(page, instance);
		await new Panel(page).add('On new MonsterAPI event');
		await backToCanvas(page);
		await publish();
		// n8n 2.40 answers at once, and shows it after five attempts.
		const advice = page.locator('.el-notification', { hasText: 'set N8N_WEBHOOK_URL' });
		await advice.waitFor();
		settings.probeTimeoutMs = 5000;
		await page.keyboard.press('Escape');
	});

	await check('publishing switches the trigger on, and a job starts the workflow', async () => {
		await newWorkflow(page, instance);
		await new Panel(page).add('On new MonsterAPI event');
		await new NodeForm(page).field('webhookName').fill('by-mouse');
		await backToCanvas(page);
		await publish();
		await page.getByText('MonsterAPI now calls this workflow for jobs').waitFor();
		// n8n 2.40 shows it before it registers the trigger.
		await until('the trigger is registered', () => names(instance).includes('by-mouse'));
		await page.getByRole('button', { name: 'Got it' }).click();

		await submitJob(instance, 'by-mouse');
		const [, id = ''] = /\/workflow\/([^/?]+)/.exec(page.url()) ?? [];
		const [execution] = await triggeredExecutions(instance.api, id, 1);
		assert(execution?.status === 'success', `it ended as ${execution?.status}`);
	});
}
