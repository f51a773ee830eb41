import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { MissingSoftware } from '../suite.cjs';
import { Browser, findChromium } from './browser.cjs';
import { newWorkflow, signIn } from './canvas.cjs';
import { checkCredential } from './credential.cjs';
import { checkDeployments } from './deployments.cjs';
import { checkForeignModels, checkModels, checkStoredModels } from './model-forms.cjs';
import { checkPanel, Panel } from './panel.cjs';
import { checkTrigger } from './publishing.cjs';
import { checkResults } from './results.cjs';
import { takeExamples } from './examples.cjs';
import { Screenshots } from './screenshots.cjs';

/** The nodes in n8n's editor, by mouse. `--screenshots` renews docs/images. */
export async function checkEditor(instance: SingleInstance, checks: Checks): Promise<void> {
	const executable = findChromium();
	if (executable === undefined) throw new MissingSoftware('Chromium (apt-get install chromium)');
	const { version } = instance;
	const browser = await Browser.open(executable);
	const { page, log } = browser;
	const wanted = process.argv.includes('--screenshots') && !version.startsWith('1.');
	const screenshots = wanted ? new Screenshots(page) : undefined;
	try {
		await checks.check('the owner signs in and opens an empty workflow', async () => {
			await signIn(page, instance);
			await newWorkflow(page, instance);
		});
		await checkPanel(page, checks, screenshots);
		await checks.check('an action of the panel adds the node and opens its form', async () => {
			await newWorkflow(page, instance);
			await new Panel(page).add('Generate text');
			// n8n names it after the action.
			await page.locator('[data-node-name="Generate text"]').first().waitFor({ state: 'attached' });
		});
		await checkCredential(page, instance, version, checks);
		await checkModels(page, checks);
		await checkForeignModels(page, instance, checks);
		await checkResults(page, instance, checks, screenshots);
		await checkDeployments(page, instance, checks);
		await checkTrigger(page, instance, version, checks);
		await checkStoredModels(page, instance, checks);
		if (screenshots !== undefined) await takeExamples(page, instance, checks, screenshots);
		await checks.check('no page wrote an error to the console', async () => {
			expectEqual('errors', log.errors, []);
		});
	} finally {
		await browser.close();
	}
}
