import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { chromium, selectors, type BrowserContext, type Page } from 'playwright-core';

import { atExit } from '../../support/n8n/child-process.cjs';
import { ConsoleLog } from './console-log.cjs';

/** Two cores may have other work; whatever takes longer will not come. */
const patienceMs = 60_000;

const names = ['chromium', 'chromium-browser', 'google-chrome'];

const options = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The system's Chromium, or undefined where there is none. */
export const findChromium = (): string | undefined =>
	(process.env.PATH ?? '')
		.split(delimiter)
		.flatMap((folder) => names.map((name) => join(folder, name)))
		.find(existsSync);

/** A headless Chromium with a profile of its own, that sees this machine alone and keeps what the pages complain of. */
export class Browser {
	private constructor(
		readonly page: Page,
		readonly log: ConsoleLog,
		private readonly context: BrowserContext,
		private readonly removeProfile: () => void,
	) {}

	static async open(executablePath: string): Promise<Browser> {
		// n8n's own name for it.
		selectors.setTestIdAttribute('data-test-id');
		const profile = mkdtempSync(join(tmpdir(), 'monsterapi-chromium-'));
		const removeProfile = () =>
			rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		atExit(removeProfile);
		const context = await chromium.launchPersistentContext(profile, {
			executablePath,
			headless: true,
			viewport: { width: 1400, height: 860 },
			args: options,
		});
		context.setDefaultTimeout(patienceMs);
		// The editor asks npm about community packages; there an answer without content changes nothing.
		await context.route(
			({ hostname, protocol }) => protocol.startsWith('http') && hostname !== '127.0.0.1',
			async (route) => await route.fulfill({ contentType: 'application/json', body: '{}' }),
		);
		const [page = await context.newPage()] = context.pages();
		// n8n 1.x asks whether to leave a workflow that is not saved.
		page.on('dialog', (dialog) => void dialog.accept());
		return new Browser(page, new ConsoleLog(context), context, removeProfile);
	}

	async close(): Promise<void> {
		await this.context.close();
		this.removeProfile();
	}
}
