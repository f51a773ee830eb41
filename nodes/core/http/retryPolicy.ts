import type { Exchange, Headers } from '../host';

/**
 * `paid`: costs money each time it is taken, so it is repeated only when it surely was not.
 * `change`: changes something on the account; repeated like a paid one.
 * `read`: may be repeated freely.
 */
export type Nature = 'paid' | 'change' | 'read';

/** One attempt's result that is not a success. */
export type Setback =
	| Exclude<Exchange, { kind: 'stopped' }>
	/** A good status with a body that is not what was promised, or a stream that broke off. */
	| { readonly kind: 'unreadable'; readonly reason: string };

export type Verdict =
	| { readonly again: false }
	/** `hold`: everybody should wait, since the API asked for it. `askedMs`: what Retry-After said. */
	| { readonly again: true; readonly hold: boolean; readonly askedMs?: number };

const baseMs = 500;
const longestBackoffMs = 30_000;
/** `Retry-After: 0` would be a hot loop. */
const shortestPauseMs = 250;
/** A Retry-After beyond this is taken as this: an hour's pause helps nobody in a workflow. */
const longestPauseMs = 120_000;

const never: Verdict = { again: false };

/** Whether a request may be repeated after this setback. Pure: the whole policy is here. */
export function judge(
	setback: Setback,
	nature: Nature,
	alsoRetried: readonly number[],
	nowMs: number,
): Verdict {
	switch (setback.kind) {
		case 'unreadable':
			return nature === 'read' ? { again: true, hold: false } : never;
		case 'fault': {
			const safe = nature === 'read' || setback.reached === 'no';
			return safe && setback.transient ? { again: true, hold: false } : never;
		}
		default: {
			const { status, headers } = setback;
			const tooMany = status === 429;
			const passing = status === 408 || status >= 500 || alsoRetried.includes(status);
			if (!tooMany && !(nature === 'read' && passing)) return never;
			const askedMs = retryAfterMs(headers, nowMs);
			return { again: true, hold: tooMany, ...(askedMs === undefined ? {} : { askedMs }) };
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
	const asked = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : dateOf(value) - nowMs;
	if (Number.isNaN(asked)) return undefined;
	return Math.min(Math.max(asked, shortestPauseMs), longestPauseMs);
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
