import type { BrowserContext } from 'playwright-core';

/** What n8n's own pages complain of, with or without this package: by the first line and where it comes from. */
const known: ReadonlyArray<{ text: string; at: RegExp }> = [
	// The sign-in page asks whether somebody is signed in already.
	{
		text: 'Failed to load resource: the server responded with a status of 401 (Unauthorized)',
		at: /\/rest\/login$/,
	},
	// n8n 1.x looks for news without waiting for its settings.
	{
		text: "TypeError: Cannot read properties of undefined (reading 'enabled')",
		at: /versions\.store-/,
	},
	// n8n asks about its assistant, which needs a licence.
	{
		text: 'Failed to load resource: the server responded with a status of 403 (Forbidden)',
		at: /\/rest\/ai\/sessions\/metadata$/,
	},
	{
		text: 'Failed to fetch sessions metadata: ResponseError: Plan lacks license for this feature',
		at: /assistant\.store-/,
	},
	// n8n 1.x looks for an output schema of its own trigger, which has none.
	{
		text: 'Failed to load resource: the server responded with a status of 404 (Not Found)',
		at: /\/schemas\/n8n-nodes-base\.manualTrigger\//,
	},
];

/** The errors that a browser's pages write to their consoles or do not catch. */
export class ConsoleLog {
	private readonly complaints: string[] = [];

	constructor(context: BrowserContext) {
		context.on('console', (message) => {
			if (message.type() === 'error') this.add(message.text(), message.location().url);
		});
		context.on('weberror', (webError) => {
			const error = webError.error();
			this.add(`${error.name}: ${error.message}`, error.stack ?? '');
		});
	}

	/** All but n8n's own noise. */
	get errors(): readonly string[] {
		return this.complaints;
	}

	private add(text: string, at: string): void {
		const [line = ''] = text.split('\n');
		if (known.some((one) => one.text === line && one.at.test(at))) return;
		this.complaints.push(`${line} (${at.split('\n').slice(0, 3).join(' ')})`);
	}
}
