import type { Page } from 'playwright-core';

import type { Instance } from '../instance.cjs';
import { owner } from '../instance-site.cjs';

/** Signs in on the page that a person sees first. */
export async function signIn(page: Page, { baseUrl }: Instance): Promise<void> {
	await page.goto(`${baseUrl}/signin`);
	await page.locator('input[name="emailOrLdapLoginId"]').fill(owner.email);
	await page.locator('input[type="password"]').fill(owner.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(/\/home\//);
}

/** An empty workflow. */
export async function newWorkflow(page: Page, { baseUrl }: Instance): Promise<void> {
	await page.goto(`${baseUrl}/workflow/new`);
	await page.getByTestId('canvas-add-button').waitFor();
}

/** Closes the open node. */
export async function backToCanvas(page: Page): Promise<void> {
	// 2.x and 1.x
	await page.getByTestId('ndv-close-button').or(page.getByTestId('back-to-canvas')).click();
	await page.getByTestId('node-parameters').waitFor({ state: 'hidden' });
}
