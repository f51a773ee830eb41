import { StoppedError, type Host } from './host';
import { onStop } from './onAbort';

/** One timer for everything that waits: a thousand jobs under way cost one. */
export interface Alarm {
	/**
	 * Resolves when it is due, or up to `togetherMs` before; rejects with `StoppedError` as soon as the signal fires.
	 * @param movable is given a way to be due at another moment, and gives a way to end that
	 */
	at(due: Due, signal: AbortSignal, movable?: Movable): Promise<void>;
}

/** Moments of the host's clock. */
export interface Due {
	readonly moment: number;
	/** Whatever others do. */
	readonly notBefore: number;
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
const togetherMs = 50;

/** Without a reason the platform makes one each time, with a stack. */
const earlier = new StoppedError();

export function createAlarm(host: Pick<Host, 'now' | 'sleep'>): Alarm {
	/** The one who wakes next stands last. */
	const sleepers: Sleeper[] = [];
	/** Ends the sleep under way: somebody wants to be woken earlier, or nobody at all. */
	let rouse = new AbortController();
	let ringing = false;

	const ring = async (): Promise<void> => {
		ringing = true;
		for (let next = sleepers.at(-1); next !== undefined; next = sleepers.at(-1)) {
			const now = host.now();
			if (next.due.moment <= now) {
				for (const sleeper of sleepers.splice(placeOf(now + togetherMs)).reverse()) {
					if (sleeper.due.notBefore > now) lieDown(sleeper);
					else sleeper.wake();
				}
				continue;
			}
			rouse = new AbortController();
			await host.sleep(next.due.moment - now, rouse.signal).catch(() => undefined);
		}
		ringing = false;
	};

	/** Where those begin that wake at that moment or earlier; found by halving, since a thousand may be moved at once. */
	const placeOf = (moment: number): number => {
		let low = 0;
		let high = sleepers.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((sleepers[middle]?.due.moment ?? 0) > moment) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	const lieDown = (sleeper: Sleeper): void => {
		sleepers.splice(placeOf(sleeper.due.moment), 0, sleeper);
		if (!ringing) void ring();
		else if (sleepers.at(-1) === sleeper) rouse.abort(earlier);
	};
	/** @returns whether it had been lying there */
	const getUp = (sleeper: Sleeper): boolean => {
		const index = sleepers.indexOf(sleeper, placeOf(sleeper.due.moment));
		if (index >= 0) sleepers.splice(index, 1);
		if (index === sleepers.length) rouse.abort(earlier);
		return index >= 0;
	};

	return {
		at: (due, signal, movable) =>
			new Promise((resolve, reject) => {
				if (signal.aborted) {
					reject(new StoppedError());
					return;
				}
				const forget = onStop(signal, () => {
					getUp(sleeper);
					stay?.();
					reject(new StoppedError());
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
					if (other.moment === sleeper.due.moment || !getUp(sleeper)) return;
					sleeper.due = other;
					lieDown(sleeper);
				});
				lieDown(sleeper);
			}),
	};
}
