import { CancelledError, type Host } from './host';
import { onAbort } from './onAbort';

/** One timer for everything that waits: a thousand jobs under way cost one. */
export interface CoalescingTimer {
	/**
	 * Resolves when it is due, or up to `togetherMs` before; rejects with `StoppedError` as soon as the signal fires.
	 * @param movable is given a way to be due at another moment, and gives a way to end that
	 */
	wait(due: Due, signal: AbortSignal, movable?: Movable): Promise<void>;
}

/** Moments of the host's clock. */
export interface Due {
	readonly dueAt: number;
	/** Whatever others do. */
	readonly earliestAt: number;
}

export type Movable = (move: (due: Due) => void) => () => void;

interface Sleeper {
	due: Due;
	readonly wake: () => void;
}

/**
 * Those who are due this soon wake with the one who is due now. A turn of the event loop costs more than most of what is
 * done in it, and all timers of n8n's process share that loop.
 */
const coalesceMs = 50;

/** Without a reason the platform makes one each time, with a stack. */
const earlier = new CancelledError();

export function createCoalescingTimer(host: Pick<Host, 'now' | 'sleep'>): CoalescingTimer {
	/** The one who wakes next stands last. */
	const sleepers: Sleeper[] = [];
	/** Ends the sleep under way: somebody wants to be woken earlier, or nobody at all. */
	let interrupt = new AbortController();
	let ringing = false;

	const run = async (): Promise<void> => {
		ringing = true;
		for (let next = sleepers.at(-1); next !== undefined; next = sleepers.at(-1)) {
			const now = host.now();
			if (next.due.dueAt <= now) {
				for (const sleeper of sleepers.splice(placeOf(now + coalesceMs)).reverse()) {
					if (sleeper.due.earliestAt > now) insert(sleeper);
					else sleeper.wake();
				}
				continue;
			}
			interrupt = new AbortController();
			await host.sleep(next.due.dueAt - now, interrupt.signal).catch(() => undefined);
		}
		ringing = false;
	};

	/** Where those begin that wake at that moment or earlier; found by halving, since a thousand may be moved at once. */
	const placeOf = (moment: number): number => {
		let low = 0;
		let high = sleepers.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((sleepers[middle]?.due.dueAt ?? 0) > moment) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	const insert = (sleeper: Sleeper): void => {
		sleepers.splice(placeOf(sleeper.due.dueAt), 0, sleeper);
		if (!ringing) void run();
		else if (sleepers.at(-1) === sleeper) interrupt.abort(earlier);
	};
	/** @returns whether it had been lying there */
	const remove = (sleeper: Sleeper): boolean => {
		const index = sleepers.indexOf(sleeper, placeOf(sleeper.due.dueAt));
		if (index >= 0) sleepers.splice(index, 1);
		if (index === sleepers.length) interrupt.abort(earlier);
		return index >= 0;
	};

	return {
		wait: (due, signal, movable) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) {
					reject(new CancelledError());
					return;
				}
				const forget = onAbort(signal, () => {
					remove(sleeper);
					stay?.();
					reject(new CancelledError());
				});
				const sleeper: Sleeper = {
					due,
					wake: () => {
						forget();
						stay?.();
						resolve();
					},
				};
				const stay = movable?.((other) => {
					if (other.dueAt === sleeper.due.dueAt || !remove(sleeper)) return;
					sleeper.due = other;
					insert(sleeper);
				});
				insert(sleeper);
			}),
	};
}
