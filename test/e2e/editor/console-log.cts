import type { BrowserContext } from 'playwright-core';

/** Errors of n8n's own pages, with or without this package: their first line and their source. */
const known: ReadonlyArray<{ text: string; at: RegExp }> = [
	// The sign-in page checks whether somebody is signed in.
	{
		text: 'Failed to load resource: the server responded with a status of 401 (Unauthorized)',
		at: /\/rest\/login$/,
	},
	// n8n 1.x fetches its news before its settings.
	{
		text: "TypeError: Cannot read properties of undefined (reading 'enabled')",
		at: /versions\.store-/,
	},
	// n8n asks for its assistant, which needs a licence.
	{
		text: 'Failed to load resource: the server responded with a status of 403 (Forbidden)',
		at: /\/rest\/ai\/sessions\/metadata$/,
	},
	{
		text: 'Failed to fetch sessions metadata: ResponseError: Plan lacks license for this feature',
		at: /assistant\.store-/,
	},
	// n8n 1.x refuses to activate a workflow whose trigger cannot be registered: publishing.cts tests it.
	{
		text: 'Failed to load resource: the server responded with a status of 400 (Bad Request)',
		at: /\/rest\/workflows\/\w+$/,
	},
	// n8n 1.x asks for the last successful execution of a workflow that has none.
	{
		text: 'Failed to load resource: the server responded with a status of 404 (Not Found)',
		at: /\/executions\/last-successful$/,
	},
	// n8n 1.x requests an output schema of its own trigger, which has none.
	{
		text: 'Failed to load resource: the server responded with a status of 404 (Not Found)',
		at: /\/schemas\/n8n-nodes-base\.manualTrigger\//,
	},
];

/** Console errors and uncaught errors of a browser's pages. */
export class ConsoleLog {
	private readonly found: string[] = [];

	constructor(context: BrowserContext) {
		context.on('console', (message) => {
			if (message.type() === 'error') this.add(message.text(), message.location().url);
		});
		context.on('weberror', (webError) => {
			const error = webError.error();
			this.add(`${error.name}: ${error.message}`, error.stack ?? '');
		});
	}

	/** All errors but the known ones of n8n. */
	get errors(): readonly string[] {
		return this.found;
	}

	private add(text: string, at: string): void {
		const [line = ''] = text.split('\n');
		if (known.some((one) => one.text === line && one.at.test(at))) return;
		this.found.push(`${line} (${at.split('\n').slice(0, 3).join(' ')})`);
	}
}
