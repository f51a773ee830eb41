import type { Host } from '../host';
import { backoffMs } from './retryPolicy';

/**
 * Keeps submissions back while the API is down (Nygard, “Release It!”, 2007): a submission is never sent twice, so each
 * one that leaves during an outage is an item lost. Closed: all may start. Open: none may, until a pause is over that
 * grows with each failure. Half-open: one probe is under way, the others wait for its outcome.
 * A state machine without timers; all moments are milliseconds on the host's clock.
 */
export interface CircuitBreaker {
	/** @param deadline of the submission concerned: from this moment on the circuit counts as closed for it */
	state(now: number, deadline: number): CircuitState;
	/** The moment from which a submission with that deadline may start. */
	nextStart(now: number, deadline: number): number;
	/** A submission starts. @returns whether it is the probe: `releaseProbe` has to follow */
	recordStart(now: number, deadline: number): boolean;
	releaseProbe(): void;
	/** The API answered, if only with a refusal: it is there. @param sentAt when the submission started */
	recordSuccess(sentAt: number): void;
	/**
	 * The API did not take a submission.
	 * @param sentAt when it started: failures of submissions that were under way together count as one
	 * @param retryAfterMs how long the API asks not to be called
	 */
	recordFailure(sentAt: number, retryAfterMs?: number): void;
}

type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * The circuit stays open for this long altogether: an API that accepts nothing for longer, or fails at every other
 * submission, is probably rejecting the payload. Two minutes without a failure reset everything.
 */
const maxOpenMs = 120_000;

export function createCircuitBreaker(host: Pick<Host, 'now' | 'random'>): CircuitBreaker {
	let consecutiveFailures = 0;
	let openedAt = 0;
	let openLeftMs = maxOpenMs;
	let lastFailureAt = -1;
	let nextProbeAt = 0;
	let probing = false;

	const closesAt = (deadline: number) => Math.min(deadline, openedAt + openLeftMs);
	const state = (now: number, deadline: number): CircuitState => {
		if (consecutiveFailures === 0 || now >= closesAt(deadline)) return 'closed';
		return probing ? 'half-open' : 'open';
	};

	return {
		state,
		nextStart(now, deadline) {
			switch (state(now, deadline)) {
				case 'closed':
					return now;
				case 'half-open':
					return closesAt(deadline);
				case 'open':
					return Math.min(closesAt(deadline), nextProbeAt);
			}
		},
		recordStart(now, deadline) {
			if (state(now, deadline) === 'closed') return false;
			probing = true;
			return true;
		},
		releaseProbe() {
			probing = false;
		},
		recordSuccess(sentAt) {
			if (sentAt <= lastFailureAt || consecutiveFailures === 0) return;
			openLeftMs -= host.now() - openedAt;
			consecutiveFailures = 0;
		},
		recordFailure(sentAt, retryAfterMs = 0) {
			if (sentAt <= lastFailureAt) return;
			const now = host.now();
			// A pause that the API itself asked for is no time without a failure.
			if (now - nextProbeAt > maxOpenMs) {
				consecutiveFailures = 0;
				openLeftMs = maxOpenMs;
			}
			if (consecutiveFailures === 0) openedAt = now;
			consecutiveFailures += 1;
			lastFailureAt = now;
			// A short Retry-After does not speed probes up: each one that fails is an item lost.
			nextProbeAt = now + Math.max(retryAfterMs, backoffMs(consecutiveFailures, host.random()));
		},
	};
}
