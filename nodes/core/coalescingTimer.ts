import { CancelledError, type Host } from './host';
import { onAbort } from './onAbort';

/** One timer for everything that waits: a thousand jobs cost one. */
export interface CoalescingTimer {
	/**
	 * Resolves when it is due, or up to 50 ms earlier together with something that is due then.
	 * @throws CancelledError as soon as the signal fires
	 */
	wait(due: Due, signal: AbortSignal): Promise<void>;
}

/** Moments of the host's clock. */
export interface Due {
	readonly dueAt: number;
	/** It does not resolve before this, whatever else is due. */
	readonly earliestAt: number;
}

interface Waiter extends Due {
	readonly wake: () => void;
}

/**
 * A turn of the event loop costs more than most of what is done in it, and all timers of n8n's process share that loop:
 * what is due this soon after something else wakes with it.
 */
const coalesceMs = 50;

/** Why the timer ends early. Without a reason the platform makes one each time, with a stack. */
const rescheduled = new CancelledError();

export function createCoalescingTimer(host: Pick<Host, 'now' | 'sleep'>): CoalescingTimer {
	const waiters = new Set<Waiter>();
	/** Ends the sleep under way. */
	let interrupt = new AbortController();
	/** When that sleep ends; -Infinity while there is none. */
	let wakesAt = -Infinity;

	const run = async (): Promise<void> => {
		while (waiters.size > 0) {
			const now = host.now();
			wakesAt = earliestDue();
			if (wakesAt <= now) {
				for (const waiter of dueBy(now)) {
					waiters.delete(waiter);
					waiter.wake();
				}
				continue;
			}
			interrupt = new AbortController();
			await host.sleep(wakesAt - now, interrupt.signal).catch(() => undefined);
		}
		wakesAt = -Infinity;
	};

	/** Not `Math.min(...)`: the stack does not hold a hundred thousand arguments. */
	const earliestDue = (): number => {
		let earliest = Infinity;
		for (const { dueAt } of waiters) earliest = Math.min(earliest, dueAt);
		return earliest;
	};

	const dueBy = (now: number): Waiter[] =>
		[...waiters]
			.filter(({ dueAt, earliestAt }) => earliestAt <= now && dueAt <= now + coalesceMs)
			.sort((left, right) => left.dueAt - right.dueAt);

	return {
		wait: (due, signal) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) {
					reject(new CancelledError());
					return;
				}
				const forget = onAbort(signal, () => {
					waiters.delete(waiter);
					if (waiters.size === 0) interrupt.abort(rescheduled);
					reject(new CancelledError());
				});
				const wake = (): void => {
					forget();
					resolve();
				};
				const dueAt = Math.max(due.dueAt, due.earliestAt);
				const waiter: Waiter = { ...due, dueAt, wake };
				waiters.add(waiter);
				if (wakesAt === -Infinity) void run();
				else if (dueAt < wakesAt) interrupt.abort(rescheduled);
			}),
	};
}
