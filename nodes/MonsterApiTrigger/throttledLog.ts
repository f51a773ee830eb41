import type { IWebhookFunctions } from 'n8n-workflow';

/** Milliseconds: anybody who knows the address of a trigger could fill the log otherwise. */
const leastPauseMs = 3_600_000;
const mostRemembered = 1_000;

/* Since when each is counted, the newest standing last. */
const given = new Map<string, { since: number; times: number }>();

/**
 * Warns in n8n's log, once an hour at most.
 * @param what says which trigger it is about, and what is the matter
 * @param most how often an hour, where each line says something else
 */
export function warnThrottled(
	{ logger }: Pick<IWebhookFunctions, 'logger'>,
	what: string,
	message: string,
	most = 1,
): void {
	const now = performance.now();
	const last = given.get(what);
	const counted = last !== undefined && now - last.since < leastPauseMs;
	if (counted && last.times >= most) return;
	given.delete(what);
	given.set(what, counted ? { ...last, times: last.times + 1 } : { since: now, times: 1 });
	const [oldest] = given.keys();
	if (given.size > mostRemembered && oldest !== undefined) given.delete(oldest);
	logger.warn(message);
}
