import type { Page } from 'playwright-core';

import { demand, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { handOver, names } from '../workflows.cjs';
import { backToCanvas, newWorkflow } from './canvas.cjs';
import { NodeForm } from './node-form.cjs';
import { Panel } from './panel.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';

/** The trigger, switched on as a person does it. */
export async function checkTrigger(
	page: Page,
	instance: Instance,
	version: string,
	{ check }: Checks,
): Promise<void> {
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
		demand(names(instance).includes('by-mouse'), `registered are: ${names(instance).join(', ')}`);
		await page.getByRole('button', { name: 'Got it' }).click();

		await handOver(instance, 'by-mouse');
		const [, id = ''] = /\/workflow\/([^/?]+)/.exec(page.url()) ?? [];
		const [execution] = await triggeredExecutions(instance.api, id, 1);
		demand(execution?.status === 'success', `it ended as ${execution?.status}`);
	});
}
