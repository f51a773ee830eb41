const windowMs = 60_000;

/**
 * Requests per minute for each key: a bucket that holds a minute's requests and fills evenly. In
 * memory, so each API process counts for itself.
 */
export class RateLimiter {
	readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
	readonly #now: () => number;

	constructor(now: () => number = Date.now) {
		this.#now = now;
	}

	/** Counts a request. Returns 0, or the milliseconds after which one more is allowed. */
	acquire(name: string, perMinute: number | undefined): number {
		if (perMinute === undefined) return 0;
		const now = this.#now();
		const bucket = this.#buckets.get(name) ?? { tokens: perMinute, atMs: now };
		const refilled = bucket.tokens + ((now - bucket.atMs) * perMinute) / windowMs;
		const tokens = Math.min(perMinute, refilled);
		const allowed = tokens >= 1;
		this.#buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, atMs: now });
		return allowed ? 0 : Math.ceil(((1 - tokens) * windowMs) / perMinute);
	}
}
