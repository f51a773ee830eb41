import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until something is so. Throws what was waited for when the time is over: long after it should have come, since
 * other workers use the same processor.
 */
export async function until(
	what: string,
	met: () => boolean | Promise<boolean>,
	{ timeoutMs = 60_000, everyMs = 50 } = {},
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await met())) {
		assert(Date.now() < deadline, `it did not come to this: ${what}`);
		await delay(everyMs);
	}
}
