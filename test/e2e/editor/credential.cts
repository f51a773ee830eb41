import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { apiKey } from '../instance.cjs';
import { until } from '../until.cjs';

/** Creates a credential in the open node: its test says what is wrong, and succeeds with the right key at the right place. */
export async function checkCredential(
	page: Page,
	{ emulator, baseUrl: n8nUrl }: SingleInstance,
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
		expectEqual('type of the key', await field('apiKey').getAttribute('type'), 'password');
		// The form appears before its defaults.
		const baseUrl = 'https://api.monsterapi.ai/v1';
		await until(
			`the base URL is ${baseUrl}`,
			async () => (await field('baseUrl').inputValue()) === baseUrl,
			{ timeoutMs: 60_000 },
		);
	});
	/** Saves the form, which tests it, and gives n8n's answer. */
	const test = async (form: { apiKey?: string; baseUrl: string }): Promise<string> => {
		if (form.apiKey !== undefined) await field('apiKey').fill(form.apiKey);
		await field('baseUrl').fill(form.baseUrl);
		const tested = page.waitForResponse(/\/rest\/credentials\/test$/);
		await save();
		return await (await tested).text();
	};
	await check('a wrong key: the test fails and says why', async () => {
		const answer = await test({ apiKey: 'wrong-key', baseUrl: emulator.baseUrl });
		const reason = 'MonsterAPI did not accept the API key. Check the API key';
		assert(answer.includes(reason), answer);
		await dialog.getByText('Couldn’t connect with these settings').waitFor();
		await dialog.getByText('More details').click();
		await dialog.getByText(reason).waitFor();
	});
	const origin = emulator.baseUrl.replace(/\/v1$/, '');
	for (const [name, baseUrl, reason] of [
		['n8n itself, which answers everything', `${n8nUrl}/v1`, 'there is no MonsterAPI at'],
		['a base URL without /v1', origin, `try ${emulator.baseUrl}.`],
		['a closed port', 'http://127.0.0.1:9/v1', 'Nothing answers at 127.0.0.1:9.'],
		[
			'an unknown host',
			'http://no-such-host.invalid/v1',
			'The host no-such-host.invalid is unknown',
		],
		['no scheme', 'localhost:4020/v1', 'does not start with https:// or http://'],
	] as const) {
		await check(`${name}: the test fails and says why`, async () => {
			const answer = await test({ baseUrl });
			assert(answer.includes('"Error"') && answer.includes(reason), answer);
			await success.waitFor({ state: 'hidden' });
			await dialog.getByText('Couldn’t connect with these settings').waitFor();
		});
	}
	await check('the right key, pasted with more than itself: the test succeeds', async () => {
		const answer = await test({ apiKey: ` Bearer ${apiKey} `, baseUrl: `${origin}//v1/` });
		assert(answer.includes('"OK"'), answer);
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
