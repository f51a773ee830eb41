const failDirective = /\[fail(?::([^[\]]*))?\]/iu;
const slowDirective = /\[slow\s+(\d+(?:\.\d+)?)\]/iu;

/** What a prompt, file name or deployment name tells the emulator to do. */
export interface Directives {
	/** The message to fail with, empty when none was given; undefined if it is to succeed. */
	readonly failure: string | undefined;
	/** How long to take, in milliseconds. */
	readonly lastsMs: number | undefined;
}

/** Finds the directives `[fail]`, `[fail: message]` and `[slow seconds]` in a text. */
export function parseDirectives(text: string): Directives {
	const fail = failDirective.exec(text);
	const slow = slowDirective.exec(text)?.[1];
	return {
		failure: fail === null ? undefined : (fail[1]?.trim() ?? ''),
		lastsMs: slow === undefined ? undefined : Number(slow) * 1000,
	};
}
