import type { IWebhookFunctions } from 'n8n-workflow';

/** Milliseconds: anybody who knows the address of a trigger could fill the log otherwise. */
const leastPauseMs = 3_600_000;
const mostRemembered = 1_000;

/* When each was given, the newest standing last. */
const given = new Map<string, number>();

/**
 * Warns in n8n's log, once an hour at most.
 * @param what says which trigger it is about, and what is the matter
 */
export function warnSeldom(
	{ logger }: Pick<IWebhookFunctions, 'logger'>,
	what: string,
	message: string,
): void {
	const now = performance.now();
	const last = given.get(what);
	if (last !== undefined && now - last < leastPauseMs) return;
	given.delete(what);
	given.set(what, now);
	const [oldest] = given.keys();
	if (given.size > mostRemembered && oldest !== undefined) given.delete(oldest);
	logger.warn(message);
}
