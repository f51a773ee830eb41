const windowMs = 60_000;

/**
 * Requests per minute for each key: a minute's requests may come at once, more only as fast as the
 * limit says (GCRA). In memory, so each API process counts for itself.
 */
export class RateLimiter {
	/** When each key will have used up what it has sent. */
	readonly #paidUntilMs = new Map<string, number>();
	readonly #now: () => number;

	constructor(now: () => number = Date.now) {
		this.#now = now;
	}

	/** Counts a request. Returns 0, or the milliseconds after which one more is allowed. */
	acquire(name: string, perMinute: number | undefined): number {
		if (perMinute === undefined) return 0;
		const now = this.#now();
		const intervalMs = windowMs / perMinute;
		const paidUntilMs = Math.max(now, this.#paidUntilMs.get(name) ?? now);
		const waitMs = paidUntilMs + intervalMs - windowMs - now;
		if (waitMs > 0) return Math.ceil(waitMs);
		this.#paidUntilMs.set(name, paidUntilMs + intervalMs);
		return 0;
	}
}
