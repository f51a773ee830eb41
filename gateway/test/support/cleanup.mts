import { after } from 'node:test';

/** Where something that was started says how it is ended: a test's context, or a whole suite. */
export interface Cleanup {
	after(end: () => Promise<void> | void): void;
}

/** To be called in the body of `describe`: what is started in its `before` ends with the suite. */
export function suiteCleanup(): Cleanup {
	const ends: (() => Promise<void> | void)[] = [];
	after(async () => {
		for (const end of ends.reverse()) await end();
	});
	return { after: (end) => void ends.push(end) };
}
