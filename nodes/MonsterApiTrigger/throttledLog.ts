import type { IWebhookFunctions } from 'n8n-workflow';

import { BoundedMap } from '../core/boundedMap';

/** Otherwise anybody who knows the URL of a trigger could fill the log. */
const windowMs = 3_600_000;

/* Warnings in the current window of each topic. */
const windows = new BoundedMap<string, { readonly since: number; readonly count: number }>(1_000);

/**
 * Warns in n8n's log at most `limit` times an hour for each topic.
 * @param topic the trigger and the kind of problem
 */
export function warnThrottled(
	{ logger }: Pick<IWebhookFunctions, 'logger'>,
	topic: string,
	message: string,
	limit = 1,
): void {
	const now = performance.now();
	const last = windows.get(topic);
	const current = last !== undefined && now - last.since < windowMs ? last : undefined;
	const { since, count } = current ?? { since: now, count: 0 };
	if (count >= limit) return;
	windows.set(topic, { since, count: count + 1 });
	logger.warn(message);
}
