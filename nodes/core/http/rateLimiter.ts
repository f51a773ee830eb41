import type { Host } from '../host';
import { backoffMs } from './retryPolicy';

/**
 * When the next request to the API may start: never during a pause after a 429, and no faster than the rate that was
 * found to be accepted. Nobody documents the service's limits, so each 429 takes the rate down to a share of what was
 * sent lately. It then grows by a share as well, since the limits of different plans may differ a thousandfold.
 * A state machine without timers; all moments are milliseconds on the host's clock.
 */
export interface RateLimiter {
	/** Whether requests are scarce: until two minutes after the last pause. */
	isThrottled(now: number): boolean;
	/** The moment from which a request may start; in the past when it may start now. */
	nextStart(now: number): number;
	recordStart(now: number): void;
	/**
	 * Pauses all requests for as long as the API asked, or else for a pause that grows while 429s follow one another.
	 * @param sentAt when the refused request started: 429s of requests that were under way together count as one
	 */
	onRateLimited(sentAt: number, retryAfterMs?: number): void;
	/** The API answered: the next pause is short again. */
	onSuccess(): void;
}

/** Per second, before the first 429: what ten requests at once achieve where an answer takes 20 ms. */
const maxRate = 500;
/** Per second: one request in five seconds is still some progress. */
const minRate = 0.2;
const decreaseFactor = 0.7;
/** From one second to the next, pauses included: the service's own window moves on meanwhile. */
const growthFactor = 1.05;
const secondMs = 1_000;
/** Most limits are counted by the minute: what was refused in the last two may be refused again. */
const throttledMs = 120_000;

export function createRateLimiter(host: Pick<Host, 'now' | 'random'>): RateLimiter {
	/** The latest start, and those of the second before it; oldest first. */
	let starts: number[] = [];
	let limitedRate = Infinity;
	let limitedAt = 0;
	let pausedUntil = -Infinity;
	let last429At = -Infinity;
	let consecutive429s = 0;

	const rateAt = (now: number): number => {
		const grown = limitedRate * growthFactor ** ((now - limitedAt) / secondMs);
		if (grown >= maxRate) limitedRate = Infinity;
		return limitedRate === Infinity ? Infinity : grown;
	};
	const recentStarts = (now: number): number[] => starts.filter((start) => start > now - secondMs);
	const nextByRate = (now: number): number => {
		/** @param count how many starts back */
		const after = (count: number, ms: number) => {
			const start = starts.at(-count);
			return start === undefined ? now : start + ms;
		};
		return limitedRate === Infinity ? after(maxRate, secondMs) : after(1, secondMs / rateAt(now));
	};

	return {
		isThrottled: (now) => now < pausedUntil + throttledMs,
		nextStart: (now) => Math.max(pausedUntil, nextByRate(now)),
		recordStart(now) {
			starts = [...recentStarts(now), now];
		},
		onRateLimited(sentAt, retryAfterMs) {
			const now = host.now();
			if (sentAt > last429At) {
				consecutive429s += 1;
				last429At = now;
				const sent = Math.min(rateAt(now), Math.max(1, recentStarts(now).length));
				limitedRate = Math.max(minRate, decreaseFactor * sent);
				limitedAt = now;
			}
			const pauseMs = retryAfterMs ?? backoffMs(consecutive429s, host.random());
			pausedUntil = Math.max(pausedUntil, now + pauseMs);
		},
		onSuccess() {
			consecutive429s = 0;
		},
	};
}
