export type CircuitState = 'closed' | 'open' | 'half-open';

/** This many runs that the engine failed in a row open the circuit. */
const failureThreshold = 5;
const minOpenMs = 1_000;
const maxOpenMs = 30_000;

/**
 * Keeps jobs from an engine that is not ready or keeps failing. Open, it lets none through until
 * `retryAt`; then one, the probe, decides.
 */
export class CircuitBreaker {
	#state: CircuitState = 'closed';
	#consecutiveFailures = 0;
	#openings = 0;
	#retryAt = 0;
	readonly #now: () => number;

	constructor(now: () => number = Date.now) {
		this.#now = now;
	}

	get state(): CircuitState {
		return this.#state;
	}

	/** Milliseconds until a job may be tried; 0 when one may now. */
	get waitMs(): number {
		if (this.#state === 'closed') return 0;
		if (this.#state === 'half-open') return minOpenMs;
		return Math.max(0, this.#retryAt - this.#now());
	}

	/** Whether a job may go to the engine now. In an open circuit whose time is up it is the probe. */
	tryAcquire(): boolean {
		if (this.waitMs > 0) return false;
		if (this.#state === 'open') this.#state = 'half-open';
		return true;
	}

	/** The engine did its part, be it by refusing the job. */
	recordSuccess(): void {
		this.#state = 'closed';
		this.#consecutiveFailures = 0;
		this.#openings = 0;
	}

	recordFailure(): void {
		this.#consecutiveFailures += 1;
		if (this.#state === 'half-open' || this.#consecutiveFailures >= failureThreshold) this.#open();
	}

	/** `retryAfterMs`: how long the engine asked to wait. */
	recordNotReady(retryAfterMs?: number): void {
		this.#open(retryAfterMs);
	}

	/** A probe that ended without telling anything about the engine. */
	releaseProbe(): void {
		if (this.#state === 'half-open') this.#state = 'open';
	}

	#open(retryAfterMs = 0): void {
		// Jobs that were under way when it opened tell nothing new.
		if (this.#state === 'open') return;
		this.#state = 'open';
		const backoffMs = Math.min(maxOpenMs, minOpenMs * 2 ** this.#openings);
		this.#openings += 1;
		this.#retryAt = this.#now() + Math.max(backoffMs, Math.min(retryAfterMs, 10 * maxOpenMs));
	}
}
