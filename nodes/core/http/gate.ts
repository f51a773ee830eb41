import type { Host } from '../host';
import { createLimiter } from './limiter';
import { createPace } from './pace';
import { backoffMs } from './retryPolicy';

/**
 * Shared by all items of an execution: when the API says 429 to one of them, it holds all of them back, and lets them
 * through more slowly afterwards. First come, first served: of the looks that are due, the earliest.
 */
export interface Gate {
	/** The moment before which no request may leave, on the host's clock; 0 when it is open. */
	readonly opensAt: number;
	/** Whether requests are scarce: the API has refused some lately. */
	readonly slowed: boolean;
	/**
	 * Waits for the moment at which one request may leave: it has to leave then, since the pace counts it.
	 * @param latest who could leave only after this moment is sent away as soon as that is known
	 * @returns whether it may leave
	 * @throws StoppedError
	 */
	pass(signal: AbortSignal, latest?: number): Promise<boolean>;
	/** Closes for as long as the API asked, or else for a pause that grows while 429s follow one another. */
	close(sentAtMs: number, askedMs?: number): void;
	/** Tells that a request was let through: the next pause is short again. */
	succeeded(): void;
}

/** Limits are counted by the minute, mostly: what was refused in the last two of them may be refused again. */
const scarceMs = 120_000;

const passed = Promise.resolve(true);
const tooLate = Promise.resolve(false);

/** The gate of what has no limit in common. */
export const openGate: Gate = {
	opensAt: 0,
	slowed: false,
	pass: () => passed,
	close: () => undefined,
	succeeded: () => undefined,
};

export function createGate(host: Pick<Host, 'now' | 'random' | 'sleep'>): Gate {
	const pace = createPace();
	/** Only the first in line watches the clock: a thousand that wait cost one timer. */
	const turnstile = createLimiter(1);
	let inLine = 0;
	let opensAt = 0;
	let closedAt = -1;
	let strikes = 0;
	/** @returns how long to wait: 0 when a request leaves now, Infinity when that would be after `latest` */
	const leave = (latest: number): number => {
		const now = host.now();
		const moment = Math.max(opensAt, pace.next(now));
		if (moment > now) return moment > latest ? Infinity : moment - now;
		pace.left(now);
		return 0;
	};
	const wait = async (signal: AbortSignal, latest: number): Promise<boolean> => {
		inLine += 1;
		try {
			return await turnstile(async () => {
				for (;;) {
					const ms = leave(latest);
					if (ms === 0 || ms === Infinity) return ms === 0;
					await host.sleep(ms, signal);
				}
			}, signal);
		} finally {
			inLine -= 1;
		}
	};
	return {
		get opensAt() {
			return opensAt;
		},
		get slowed() {
			return closedAt >= 0 && host.now() < Math.max(opensAt, closedAt) + scarceMs;
		},
		pass(signal, latest = Infinity) {
			if (!signal.aborted && opensAt > Math.max(latest, host.now())) return tooLate;
			const leavesNow = inLine === 0 && !signal.aborted && leave(latest) === 0;
			return leavesNow ? passed : wait(signal, latest);
		},
		close(sentAtMs, askedMs) {
			// Requests that were under way together are refused together: that is one strike, not ten.
			if (sentAtMs > closedAt) {
				strikes += 1;
				closedAt = host.now();
				pace.refused(closedAt);
			}
			const pause = askedMs ?? backoffMs(strikes, host.random());
			opensAt = Math.max(opensAt, host.now() + pause);
		},
		succeeded() {
			strikes = 0;
		},
	};
}
