import type { Host } from '../host';

/** A transfer is given up when it moves less than 240 kB, that is 4 kB a second, within a minute. */
const windowMs = 60_000;
const minWindowBytes = 60 * 4 * 1024;

/**
 * Resolves once a transfer is slower than the minimum rate: a minute in which hardly anything moves, or after which the
 * answer to the last byte has not come.
 * @param bytes how many have been moved so far
 * @param signal ends the watch
 * @throws CancelledError when the signal fires
 */
export async function untilTooSlow(
	host: Pick<Host, 'sleep'>,
	bytes: () => number,
	signal: AbortSignal,
): Promise<void> {
	for (let before = -minWindowBytes; bytes() - before >= minWindowBytes; ) {
		before = bytes();
		await host.sleep(windowMs, signal);
	}
}
