import type { HttpResult, Headers } from '../host';

/**
 * `billed`: costs money each time it is accepted, so it is repeated only if it definitely was not.
 * `nonIdempotent`: changes something on the account; repeated like a billed one.
 * `idempotent`: may be repeated freely.
 */
export type Idempotency = 'billed' | 'nonIdempotent' | 'idempotent';

/** How an attempt failed. */
export type Failure =
	| Exclude<HttpResult, { kind: 'cancelled' }>
	/** A successful status with a body that is not as documented, or a stream that broke off. */
	| {
			readonly kind: 'unreadable';
			readonly reason: string;
			/** No JSON at all, although the API was asked. */
			readonly foreign?: boolean;
			/** What the answer says instead, without secrets. */
			readonly stated?: string;
	  };

export type RetryDecision =
	| { readonly retry: false }
	/** `pauseAll`: a rate limit, which concerns all requests. `retryAfterMs`: what Retry-After said. */
	| { readonly retry: true; readonly pauseAll: boolean; readonly retryAfterMs?: number };

const baseMs = 500;
const maxBackoffMs = 30_000;
/** `Retry-After: 0` would be a hot loop. */
const minPauseMs = 250;
/** A longer Retry-After is cut to this: an hour's pause helps nobody in a workflow. */
const maxPauseMs = 120_000;

const never: RetryDecision = { retry: false };

/**
 * Whether a request may be repeated after a failure. Pure: this is the whole policy.
 * @param retryableStatuses besides 408, 429 and 5xx
 * @param nowMs the time of day, for dates in Retry-After
 */
export function decideRetry(
	failure: Failure,
	idempotency: Idempotency,
	retryableStatuses: readonly number[],
	nowMs: number,
): RetryDecision {
	switch (failure.kind) {
		case 'unreadable':
			return idempotency === 'idempotent' ? { retry: true, pauseAll: false } : never;
		case 'networkError': {
			const safe = idempotency === 'idempotent' || failure.reached === 'no';
			return safe && failure.transient ? { retry: true, pauseAll: false } : never;
		}
		case 'tooLarge':
			// Asking again would cost as much again.
			return never;
		default: {
			const { status, headers } = failure;
			const isRateLimit = status === 429;
			const isTransient = status === 408 || status >= 500 || retryableStatuses.includes(status);
			if (!isRateLimit && !(idempotency === 'idempotent' && isTransient)) return never;
			const askedMs = retryAfterMs(headers, nowMs);
			return {
				retry: true,
				pauseAll: isRateLimit,
				// At once, or in the past: that says nothing about when, so the back-off decides.
				...(askedMs === undefined || askedMs <= minPauseMs ? {} : { retryAfterMs: askedMs }),
			};
		}
	}
}

/**
 * Whether a failure that is retried will hardly pass by itself: a host that does not exist, or that answers with something
 * else than the API.
 */
export const isLasting = (failure: Failure): boolean =>
	failure.kind === 'unreadable' ||
	(failure.kind === 'networkError' && failure.code === 'ENOTFOUND');

/**
 * How long Retry-After asks to wait, in milliseconds between 250 ms and 2 minutes. It comes in seconds or as an
 * HTTP date (RFC 9110, 10.2.3), which is always in GMT; anything else is ignored.
 * @param nowMs the time of day
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
	const value = headers['retry-after']?.trim();
	if (value === undefined) return undefined;
	const askedMs = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : dateOf(value) - nowMs;
	if (Number.isNaN(askedMs)) return undefined;
	return Math.min(Math.max(askedMs, minPauseMs), maxPauseMs);
}

/** Only what looks like an HTTP date: the platform would read nearly anything as one, and in its own zone. */
const dateOf = (value: string): number =>
	/^[A-Z][a-z]+,? /.test(value) ? Date.parse(`${value} GMT`) : NaN;

/**
 * The pause before attempt `attempt` + 1 in milliseconds: full jitter, that is between 250 ms and 500 ms
 * doubled with each attempt, at most 30 s (Brooker, “Exponential Backoff And Jitter”, AWS 2015).
 */
export function backoffMs(attempt: number, random: number): number {
	const ceiling = Math.min(maxBackoffMs, baseMs * 2 ** Math.min(attempt, 10));
	return minPauseMs + random * Math.max(0, ceiling - minPauseMs);
}

/** What a last attempt gets before its deadline, in milliseconds. */
export const lastAttemptMs = 5_000;
/** A pause is shortened for it only if it would leave less time than this. */
const minAttemptMs = 1_000;

/**
 * The pause before the next attempt in milliseconds, shortened so that a last attempt is made before the deadline.
 * @param leftMs until the deadline
 * @returns undefined if there is no time for an attempt
 */
export function pauseWithin(pauseMs: number, leftMs: number): number | undefined {
	if (pauseMs < leftMs - minAttemptMs) return pauseMs;
	const longestMs = leftMs - lastAttemptMs;
	if (longestMs >= minPauseMs) return longestMs;
	return pauseMs < leftMs ? pauseMs : undefined;
}
