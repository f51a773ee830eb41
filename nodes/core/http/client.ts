import { createCoalescingTimer, type CoalescingTimer } from '../coalescingTimer';
import type { Host } from '../host';
import { attemptOnce, type AttemptResult, type Scope } from './attempt';
import type { Call } from './call';
import {
	networkFailure,
	openChange,
	statusError,
	tooLargeError,
	unreadableError,
	type MonsterApiError,
} from './errors';
import {
	backoffMs,
	decideRetry,
	isLasting,
	lastAttemptMs,
	pauseWithin,
	retryAfterMs,
	type Failure,
} from './retryPolicy';
import { createScheduler, type Outcome, type Priority, type Scheduler } from './scheduler';

/** The one way to the API: scheduling, retries and errors for every call of an execution. */
export interface Client<Stored = unknown> {
	readonly host: Host<Stored>;
	/** Of the API, without a trailing slash. */
	readonly baseUrl: string;
	/** Ends this client's waits: the execution's stop, or the end of the batch that the work belongs to. */
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** For waits between calls. */
	readonly timer: CoalescingTimer;
	/** @throws MonsterApiError, CancelledError */
	send<T>(call: Call<T>): Promise<T>;
	/** The same client with another signal; no request leaves before `after`. */
	withSignal(signal: AbortSignal, after?: Promise<void>): Client<Stored>;
	/** The same client with further texts that no error may hold. */
	withSecrets(...secrets: string[]): Client<Stored>;
	/** The same client for what must still be done after the execution has been stopped; nothing ends its waits. */
	withoutAbort(): Client<Stored>;
}

export interface ClientOptions {
	/** Such as `https://api.monsterapi.ai/v1`, without a trailing slash. */
	readonly baseUrl: string;
	/** Texts that no error may hold: the API key. */
	readonly secrets: readonly string[];
	/** Its own by default. */
	readonly shared?: Shared;
}

/** What clients can share: those of one execution, or those of an account's callbacks. */
export interface Shared {
	readonly scheduler: Scheduler;
	readonly timer: CoalescingTimer;
}

/** @param host only its clock is used */
export const createShared = (host: Pick<Host, 'now' | 'random' | 'sleep'>): Shared => ({
	scheduler: createScheduler(host),
	timer: createCoalescingTimer(host),
});

interface Connection<Stored> extends Shared {
	readonly host: Host<Stored>;
	readonly baseUrl: string;
}

/** Makes the client of one execution: all its items share one scheduler. */
export const createClient = <Stored>(
	host: Host<Stored>,
	{ baseUrl, secrets, shared = createShared(host) }: ClientOptions,
): Client<Stored> =>
	clientWith(
		{ ...shared, host, baseUrl },
		{ signal: host.signal, secrets, ignoresCancellation: false },
	);

const clientWith = <Stored>(connection: Connection<Stored>, scope: Scope): Client<Stored> => ({
	host: connection.host,
	baseUrl: connection.baseUrl,
	signal: scope.signal,
	secrets: scope.secrets,
	timer: connection.timer,
	send: (call) => send(connection, scope, call),
	withSignal: (signal, after) =>
		clientWith(connection, { ...scope, signal, ...(after === undefined ? {} : { after }) }),
	withSecrets: (...further) =>
		clientWith(connection, { ...scope, secrets: [...scope.secrets, ...further] }),
	withoutAbort: () =>
		clientWith(connection, {
			...scope,
			signal: new AbortController().signal,
			ignoresCancellation: true,
		}),
});

async function send<T>(
	{ host, baseUrl, scheduler }: Connection<unknown>,
	scope: Scope,
	call: Call<T>,
): Promise<T> {
	const { signal, secrets } = scope;
	if (scope.after !== undefined) await scope.after;
	// Storage and deployments have limits of their own. What must be done after a stop has no time to wait for others.
	let rateLimited = call.url === undefined && !scope.ignoresCancellation;
	const billed = call.idempotency === 'billed';
	let { deadline } = call;
	let lastFailure: Failure | undefined;
	/** Attempts that count, and 429s, which do not. */
	let failures = 0;
	let lastingFailures = 0;
	let rateLimits = 0;
	for (;;) {
		const lastAttemptAt = deadline - lastAttemptMs;
		const insists = call.urgent === true && rateLimited && host.now() < lastAttemptAt;
		// Only the first attempt may start later.
		const isFirst = !billed && lastFailure === undefined;
		const slot = await scheduler.acquire({
			pool: call.pool,
			priority: priorityOf(call, lastFailure),
			rateLimited,
			billed,
			deadline: insists ? lastAttemptAt : deadline + (isFirst ? (call.minTimeoutMs ?? 0) : 0),
			signal,
		});
		if (slot === undefined) {
			if (insists) {
				rateLimited = false;
				await host.sleep(lastAttemptAt - host.now(), signal);
				continue;
			}
			const refusal = lastFailure !== undefined && isRateLimit(lastFailure);
			throw deadlineExceeded(call, secrets, baseUrl, refusal ? lastFailure : undefined);
		}
		let result: AttemptResult<T>;
		try {
			if (lastFailure !== undefined && host.now() >= deadline) {
				throw deadlineExceeded(call, secrets, baseUrl, lastFailure);
			}
			deadline = Math.min(deadline, slot.startedAt + (call.totalTimeoutMs ?? Infinity));
			result = await attemptOnce(host, baseUrl, scope, call, { number: failures + 1, deadline });
			const outcome = outcomeOf(result, host.wallClock());
			if (outcome !== undefined) slot.report(outcome);
		} finally {
			slot.release();
		}
		if ('value' in result) return result.value;
		// A time-out that only the deadline caused says nothing; the failure before it does.
		if (lastFailure === undefined || result.isCutShort !== true) lastFailure = result.failure;
		const decision = decideRetry(
			lastFailure,
			call.idempotency,
			call.retryableStatuses ?? [],
			host.wallClock(),
		);
		if (!decision.retry) throw errorFor(lastFailure, call, secrets, baseUrl);
		// Uploads and downloads have no time limit but their attempts, so for them a 429 counts.
		if (decision.pauseAll && (rateLimited || deadline !== Infinity)) rateLimits += 1;
		else failures += 1;
		if (isLasting(lastFailure)) lastingFailures += 1;
		const isHopeless = lastingFailures >= (call.maxLastingAttempts ?? Infinity);
		if (isHopeless || failures >= call.maxAttempts)
			throw errorFor(lastFailure, call, secrets, baseUrl);
		// The scheduler pauses all requests to the API together.
		if (decision.pauseAll && rateLimited) {
			({ deadline } = call);
			continue;
		}
		const askedMs = decision.retryAfterMs ?? backoffMs(failures + rateLimits, host.random());
		const pauseMs = pauseWithin(askedMs, deadline - host.now());
		if (pauseMs === undefined) throw deadlineExceeded(call, secrets, baseUrl, lastFailure);
		await host.sleep(pauseMs, signal);
	}
}

/**
 * Retries have been queued once already, so they go first. Not so polls that met a fault: they are retried without end, and
 * if many answers are slow to fail, no other request would get its turn. Billed uploads queue like other transfers.
 */
function priorityOf(
	{ idempotency, pool, maxAttempts }: Call<unknown>,
	lastFailure: Failure | undefined,
): Priority {
	if (idempotency === 'billed') return pool === 'request' ? 'submit' : 'normal';
	if (lastFailure === undefined) return 'normal';
	return isRateLimit(lastFailure) || maxAttempts !== Infinity ? 'retry' : 'normal';
}

const isRateLimit = (failure: Failure): boolean => 'status' in failure && failure.status === 429;

/** Any answer but a 5xx shows that the API is there; a wrong certificate or address shows nothing. */
function outcomeOf(result: AttemptResult<unknown>, wallClock: number): Outcome | undefined {
	if ('value' in result) return { kind: 'ok' };
	const { failure } = result;
	if (failure.kind === 'networkError') return failure.transient ? { kind: 'down' } : undefined;
	if (failure.kind === 'unreadable') return { kind: 'answered' };
	const askedMs = retryAfterMs(failure.headers, wallClock);
	const wait = askedMs === undefined ? {} : { retryAfterMs: askedMs };
	if (failure.status === 429) return { kind: 'rateLimited', ...wait };
	return failure.status >= 500 ? { kind: 'down', ...wait } : { kind: 'answered' };
}

function errorFor(
	failure: Failure,
	call: Call<unknown>,
	secrets: readonly string[],
	baseUrl: string,
): MonsterApiError {
	switch (failure.kind) {
		case 'unreadable':
			return unreadableError(failure.reason, call, {
				...(failure.stated === undefined ? {} : { stated: failure.stated }),
				...(failure.foreign === true ? { baseUrl } : {}),
			});
		case 'networkError':
			return networkFailure(failure, call);
		case 'text': {
			// Other hosts than the API have addresses of their own.
			const apiUrl = call.url === undefined ? baseUrl : undefined;
			const error = statusError(call.endpoint, failure.status, failure.text, secrets, apiUrl);
			const isOpen = call.idempotency === 'nonIdempotent' && failure.status >= 500;
			return isOpen ? openChange(error) : error;
		}
		case 'stream':
			return statusError(call.endpoint, failure.status, '', secrets);
		case 'tooLarge':
			return tooLargeError(call);
	}
}

/** @param failure of the last attempt; without one, none could start, which is reported as a rate limit */
const deadlineExceeded = (
	call: Call<unknown>,
	secrets: readonly string[],
	baseUrl: string,
	failure?: Failure,
): MonsterApiError =>
	(failure === undefined
		? statusError(call.endpoint, 429, '', secrets)
		: errorFor(failure, call, secrets, baseUrl)
	).with({ deadlineExceeded: true });
