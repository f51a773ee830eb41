import type { Locator, Page } from 'playwright-core';

import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { apiKey } from '../instance-site.cjs';
import { until } from '../until.cjs';

/** A new credential, made in the open node: its test fails with a wrong key and succeeds with the right one. */
export async function checkCredential(
	page: Page,
	{ emulator }: Instance,
	version: string,
	{ check }: Checks,
): Promise<void> {
	const dialog = page
		.getByRole('dialog')
		.filter({ has: page.getByTestId('credential-save-button') });
	const field = (name: string): Locator =>
		dialog.getByTestId(`parameter-input-${name}`).locator('input');
	const success = dialog.getByTestId('credentials-config-container-test-success');
	const save = async () => await dialog.getByTestId('credential-save-button').click();

	await check('a new credential: the key is masked, the base URL is filled in', async () => {
		await page.getByTestId('node-credentials-select').locator('input').first().click();
		await page.getByTestId('node-credentials-select-item-new').click();
		await field('apiKey').waitFor();
		same('type of the key', await field('apiKey').getAttribute('type'), 'password');
		// The form is there before its defaults are.
		const baseUrl = 'https://api.monsterapi.ai/v1';
		await until(
			`the base URL is ${baseUrl}`,
			async () => (await field('baseUrl').inputValue()) === baseUrl,
			{ timeoutMs: 60_000 },
		);
	});
	await check('a wrong key: the test fails and says why', async () => {
		await field('apiKey').fill('wrong-key');
		await field('baseUrl').fill(emulator.baseUrl);
		await save();
		await dialog.getByText('Couldn’t connect with these settings').waitFor();
		await dialog.getByText('More details').click();
		// n8n 1.x has a text of its own for every 401.
		const reason = version.startsWith('1.')
			? 'Authorization failed - please check your credentials'
			: 'MonsterAPI did not accept the API key';
		await dialog.getByText(reason).waitFor();
	});
	await check('the right key: the test succeeds', async () => {
		await field('apiKey').fill(apiKey);
		const tested = page.waitForResponse(/\/rest\/credentials\/test$/);
		await save();
		const answer = await (await tested).text();
		demand(answer.includes('"OK"'), answer);
		if (!version.startsWith('1.')) {
			// n8n 2.x closes the dialog of a new credential that works; opened again, it tests again.
			await dialog.waitFor({ state: 'hidden' });
			await page.getByTestId('credential-edit-button').click();
		}
		await success.waitFor();
		await dialog.getByRole('button', { name: 'Close this dialog' }).click();
		await dialog.waitFor({ state: 'hidden' });
	});
}
