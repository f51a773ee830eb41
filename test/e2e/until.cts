import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds. Throws its label after the timeout, which is generous since other workers share the
 * CPU.
 */
export async function until(
	label: string,
	met: () => boolean | Promise<boolean>,
	{ timeoutMs = 60_000, everyMs = 50 } = {},
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await met())) {
		assert(Date.now() < deadline, `timed out waiting until ${label}`);
		await delay(everyMs);
	}
}
