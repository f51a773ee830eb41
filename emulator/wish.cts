const failWord = /\[fail(?::\s*([^\]]*))?\]/iu;
const slowWord = /\[slow\s+(\d+(?:\.\d+)?)\]/iu;

/** What the sender of a job or deployment asks of the emulator. */
export interface Wish {
	/** The message to fail with, empty when none was given; undefined when it shall not fail. */
	readonly failure?: string;
	/** How long it shall take, in milliseconds. */
	readonly lastsMs?: number;
}

/** Finds the words `[fail]`, `[fail: message]` and `[slow seconds]` in a text. */
export function wishIn(text: string): Wish {
	const fail = failWord.exec(text);
	const slow = slowWord.exec(text)?.[1];
	return {
		failure: fail === null ? undefined : (fail[1]?.trim() ?? ''),
		lastsMs: slow === undefined ? undefined : Number(slow) * 1000,
	};
}
