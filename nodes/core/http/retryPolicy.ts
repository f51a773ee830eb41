import type { HttpResult, Headers } from '../host';

/**
 * `paid`: costs money each time it is taken, so it is repeated only when it surely was not.
 * `change`: changes something on the account; repeated like a paid one.
 * `read`: may be repeated freely.
 */
export type Idempotency = 'billed' | 'nonIdempotent' | 'idempotent';

/** One attempt's result that is not a success. */
export type Failure =
	| Exclude<HttpResult, { kind: 'cancelled' }>
	/** A good status with a body that is not what was promised, or a stream that broke off. */
	| { readonly kind: 'unreadable'; readonly reason: string };

export type RetryDecision =
	| { readonly retry: false }
	/** `hold`: everybody should wait, since the API call for it. `askedMs`: what Retry-After said. */
	| { readonly retry: true; readonly pauseAll: boolean; readonly retryAfterMs?: number };

const baseMs = 500;
const longestBackoffMs = 30_000;
/** `Retry-After: 0` would be a hot loop. */
const shortestPauseMs = 250;
/** A Retry-After beyond this is taken as this: an hour's pause helps nobody in a workflow. */
const longestPauseMs = 120_000;

const never: RetryDecision = { retry: false };

/** Whether a request may be repeated after this failure. Pure: the whole policy is here. */
export function decideRetry(
	failure: Failure,
	idempotency: Idempotency,
	alsoRetried: readonly number[],
	nowMs: number,
): RetryDecision {
	switch (failure.kind) {
		case 'unreadable':
			return idempotency === 'idempotent' ? { retry: true, pauseAll: false } : never;
		case 'networkError': {
			const safe = idempotency === 'idempotent' || failure.reached === 'no';
			return safe && failure.transient ? { retry: true, pauseAll: false } : never;
		}
		default: {
			const { status, headers } = failure;
			const tooMany = status === 429;
			const passing = status === 408 || status >= 500 || alsoRetried.includes(status);
			if (!tooMany && !(idempotency === 'idempotent' && passing)) return never;
			const askedMs = retryAfterMs(headers, nowMs);
			return {
				retry: true,
				pauseAll: tooMany,
				...(askedMs === undefined ? {} : { retryAfterMs: askedMs }),
			};
		}
	}
}

/**
 * How long Retry-After asks to wait, in milliseconds between 250 ms and 2 minutes. It comes in seconds or as an
 * HTTP date (RFC 9110, 10.2.3; the old form without a zone is in GMT); anything else is as good as absent.
 * @param nowMs the time of day
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
	const value = headers['retry-after']?.trim();
	if (value === undefined || value === '') return undefined;
	const call = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : dateOf(value) - nowMs;
	if (Number.isNaN(call)) return undefined;
	return Math.min(Math.max(call, shortestPauseMs), longestPauseMs);
}

/** Only what looks like an HTTP date: the platform would read nearly anything as one, and in its own zone. */
const dateOf = (value: string): number =>
	/^[A-Z][a-z]+,? .*\d/.test(value) ? Date.parse(/\d$/.test(value) ? `${value} GMT` : value) : NaN;

/**
 * The pause before attempt `attempt` + 1 in milliseconds: full jitter, that is anything from the shortest pause up to
 * 500 ms doubled with each attempt, at most 30 s (Brooker, “Exponential Backoff And Jitter”, AWS 2015).
 */
export function backoffMs(attempt: number, random: number): number {
	const ceiling = Math.min(longestBackoffMs, baseMs * 2 ** Math.min(attempt, 10));
	return shortestPauseMs + random * Math.max(0, ceiling - shortestPauseMs);
}
