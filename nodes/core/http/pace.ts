/**
 * How many requests per second may leave. Nobody documents the service's limits, so they are found out: each refusal
 * takes the pace down to a share of what was sent lately, and from there it grows again, by a share too, since limits may
 * lie three orders of magnitude apart.
 */
export interface Pace {
	/** The moment from which the next request may leave; in the past when it may leave now. */
	next(now: number): number;
	/** Tells that a request leaves. */
	left(now: number): void;
	/** Tells that the service refused for too many requests; refusals of requests that left together count as one. */
	refused(now: number): void;
}

/** Per second, before anything was refused: what ten requests at once manage where an answer takes 20 ms. */
const most = 500;
/** Per second: one in five seconds is still some progress. */
const least = 0.2;
const shareAfterRefusal = 0.7;
/** From one second to the next. */
const growth = 1.05;
const secondMs = 1_000;

/** All moments are milliseconds on one clock. */
export function createPace(): Pace {
	/** The departures of the last second, oldest first; `first` is where it begins. */
	let departures: number[] = [];
	let slowedTo = Infinity;
	let slowedAt = 0;

	const perSecond = (now: number): number => {
		const grown = slowedTo * growth ** ((now - slowedAt) / secondMs);
		if (grown >= most) slowedTo = Infinity;
		return slowedTo === Infinity ? Infinity : grown;
	};
	const lately = (now: number): number => {
		const first = departures.findIndex((moment) => moment > now - secondMs);
		departures = first < 0 ? [] : departures.slice(first);
		return departures.length;
	};

	return {
		next(now) {
			const last = departures.at(-1);
			if (last === undefined) return now;
			if (slowedTo !== Infinity) return last + secondMs / perSecond(now);
			return departures.length < most || lately(now) < most
				? now
				: (departures[0] ?? now) + secondMs;
		},
		left: (now) => departures.push(now),
		refused(now) {
			const sent = Math.min(perSecond(now), Math.max(1, lately(now)));
			slowedTo = Math.max(least, shareAfterRefusal * sent);
			slowedAt = now;
		},
	};
}
