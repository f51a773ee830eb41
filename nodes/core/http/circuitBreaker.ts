import type { Host } from '../host';
import { createLimiter } from './limiter';
import { backoffMs } from './retryPolicy';

/** What the outcome of a submission says about the API; `none` when nothing was sent. */
export type Sign =
	| 'up'
	| 'none'
	/** `askedMs`: how long the API asks to be left alone. */
	| { readonly askedMs: number | undefined };

/**
 * Holds submissions back while the API is down (the circuit breaker of Nygard, “Release It!”, 2007): a submission is
 * never sent twice, so each one that leaves during an outage is an item lost. One at a time tries whether the API is
 * back, after a pause that grows; the others wait.
 */
export interface Breaker {
	/**
	 * Does a submission when its turn has come.
	 * @param until the moment of the host's clock at which it leaves in any case
	 * @param task is given what to ask at the very last moment: whether it may leave, or has to come back later
	 * @throws StoppedError, and what the task throws
	 */
	guard<T>(
		until: number,
		signal: AbortSignal,
		task: (mayLeave: () => boolean) => Promise<T>,
		signOf: (outcome: T) => Sign,
	): Promise<T>;
}

/**
 * Submissions are held back for this long altogether: an API that takes none for longer, or fails at every other one, is
 * more likely to dislike what it is sent. After as long a time without a failure all is forgotten.
 */
const patienceMs = 120_000;

/** Only the first in line looks whether its turn has come. */
const stepMs = 250;

export function createBreaker(host: Pick<Host, 'now' | 'random' | 'sleep'>): Breaker {
	const turnstile = createLimiter(1);
	/** How often in a row a submission has failed; 0 when all is well. */
	let strikes = 0;
	let downSince = 0;
	let patienceLeftMs = patienceMs;
	let struckAt = -1;
	let nextTryAt = 0;
	/** The submission that tries whether the API is back. */
	let scout: symbol | undefined;

	const isDown = (until: number): boolean =>
		strikes > 0 && host.now() < Math.min(until, downSince + patienceLeftMs);
	const strike = (askedMs: number | undefined): void => {
		const now = host.now();
		// The pause that the API itself call for is no time without a failure.
		if (now - Math.max(struckAt, nextTryAt) > patienceMs) {
			strikes = 0;
			patienceLeftMs = patienceMs;
		}
		if (strikes === 0) downSince = now;
		strikes += 1;
		struckAt = now;
		// A short Retry-After does not hurry: each try that fails is an item lost.
		nextTryAt = now + Math.max(askedMs ?? 0, backoffMs(strikes, host.random()));
	};
	const recover = (): void => {
		if (strikes > 0) patienceLeftMs = Math.max(0, patienceLeftMs - (host.now() - downSince));
		strikes = 0;
	};

	return {
		async guard(until, signal, task, signOf) {
			const self = Symbol('submission');
			if (isDown(until)) {
				await turnstile(async () => {
					while (isDown(until) && (scout !== undefined || host.now() < nextTryAt)) {
						await host.sleep(stepMs, signal);
					}
					if (isDown(until)) scout = self;
				}, signal);
			}
			let sentAt = Infinity;
			const mayLeave = (): boolean => {
				if (isDown(until) && scout !== self) return false;
				sentAt = host.now();
				return true;
			};
			try {
				const outcome = await task(mayLeave);
				const sign = signOf(outcome);
				// What was under way together tells the same thing once.
				if (sentAt > struckAt) {
					if (sign === 'up') recover();
					if (typeof sign === 'object') strike(sign.askedMs);
				}
				return outcome;
			} finally {
				if (scout === self) scout = undefined;
			}
		},
	};
}
