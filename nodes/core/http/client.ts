import { createCoalescingTimer, type CoalescingTimer } from '../coalescingTimer';
import { CancelledError, type Host } from '../host';
import { attemptOnce, type Scope, type AttemptResult } from './attempt';
import { createBreaker, type Breaker, type Sign } from './circuitBreaker';
import type { Call } from './call';
import { networkFailure, statusError, unreadableError, type MonsterApiError } from './errors';
import { createGate, openGate, type Gate } from './gate';
import { createLimiter, startsFirst, startsLast, type Limiter, type Line } from './limiter';
import {
	backoffMs,
	decideRetry,
	retryAfterMs,
	type Failure,
	type RetryDecision,
} from './retryPolicy';

/** The one way to the API: limits, the gate, retries and errors for every call of an execution. */
export interface Client<Stored = unknown> {
	readonly host: Host<Stored>;
	/** Ends this client's waits: the execution's stop, or the end of the batch that the work belongs to. */
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** For waits between calls. */
	readonly timer: CoalescingTimer;
	send<T>(call: Call<T>): Promise<T>;
	/** The same limits and gate, with another signal; nothing leaves before `after`. */
	withSignal(signal: AbortSignal, after?: Promise<void>): Client<Stored>;
	/** The same client with further texts that no error may hold. */
	withSecrets(...secrets: string[]): Client<Stored>;
	/** The same client for what must still be done when the execution has been stopped; nothing ends its waits. */
	withoutAbort(): Client<Stored>;
}

export interface ClientOptions {
	/** Such as `https://api.monsterapi.ai/v1`, without a slash at its end. */
	readonly baseUrl: string;
	/** Texts that no error may hold: the API key. */
	readonly secrets: readonly string[];
	/** Limits that it shares with other clients of the same account; its own when left out. */
	readonly limits?: Limits;
}

/**
 * What all work on one account has in common: how much goes on at once, the gate after a 429, the breaker for outages, and
 * one timer.
 */
export interface Limits {
	readonly alarm: CoalescingTimer;
	readonly gate: Gate;
	readonly breaker: Breaker;
	/** Whether it is too late for a job that was to be handed over by that moment of the host's clock. */
	readonly isOver: (until: number) => boolean;
	readonly lanes: Readonly<Record<'request' | 'transfer', Limiter>>;
}

/** @param host only its clock is used */
export function createLimits(host: Pick<Host, 'now' | 'random' | 'sleep'>): Limits {
	const gate = createGate(host);
	// What a submission starts takes its time at the service, while looks only ask for what is there. Where requests are
	// scarce it is the other way round: what is paid for must not run out of time while more is started.
	const order = (): readonly Line[] => (gate.slowed ? startsLast : startsFirst);
	// On a busy API a job may be handed over late; where requests are scarce others are paid already.
	const isOver = (deadline: number): boolean => gate.slowed && host.now() > deadline;
	return {
		alarm: createCoalescingTimer(host),
		gate,
		breaker: createBreaker(host),
		isOver,
		lanes: {
			request: createLimiter(maxRequests, order, isOver),
			transfer: createLimiter(maxTransfers, undefined, isOver),
		},
	};
}

/** API requests at the same moment, for all items of an execution together. */
const maxRequests = 10;
/** File transfers at the same moment. */
const maxTransfers = 4;

interface Shared extends Limits {
	readonly baseUrl: string;
}

/** Makes the client of one execution: one gate and one pair of limits for all its items. */
export function createClient<Stored>(host: Host<Stored>, options: ClientOptions): Client<Stored> {
	const shared: Shared = {
		...(options.limits ?? createLimits(host)),
		baseUrl: options.baseUrl,
	};
	return clientWith(host, shared, {
		signal: host.signal,
		secrets: options.secrets,
		ignoresCancellation: false,
	});
}

function clientWith<Stored>(host: Host<Stored>, shared: Shared, scope: Scope): Client<Stored> {
	const { signal, secrets } = scope;
	return {
		host,
		signal,
		secrets,
		timer: shared.alarm,
		send: (call) => send(host, shared, scope, call),
		withSignal: (other, after) =>
			clientWith(host, shared, { ...scope, signal: other, ...(after && { after }) }),
		withSecrets: (...further) =>
			clientWith(host, shared, { ...scope, secrets: [...secrets, ...further] }),
		withoutAbort: () =>
			clientWith(host, shared, {
				...scope,
				signal: new AbortController().signal,
				ignoresCancellation: true,
			}),
	};
}

/** What came of one attempt, and what to do about it. */
type Judged<T> =
	| Extract<AttemptResult<T>, { readonly value: T }>
	| { readonly failure: Failure; readonly decision: RetryDecision };

async function send<T>(host: Host, shared: Shared, scope: Scope, call: Call<T>): Promise<T> {
	const { signal, secrets, after } = scope;
	if (after !== undefined) await after;
	// Storage and deployments have limits of their own: their answers say nothing about the API. What must be done after
	// a stop has no time to wait for others.
	const gate = call.url === undefined && !scope.ignoresCancellation ? shared.gate : openGate;
	const isPaid = call.idempotency === 'billed';
	const latest = call.deadline + (call.minTimeoutMs ?? 0);
	let { deadline: until } = call;
	let refusals = 0;
	/** What came of the attempt before. */
	let before: Failure | undefined;
	const handedOverBy = isPaid ? call.deadline : Infinity;
	for (let attempt = 1; ; attempt++) {
		const leave = async (mayLeave: () => boolean): Promise<Judged<T> | 'held'> => {
			if (signal.aborted) throw new CancelledError();
			if (gate.opensAt > until) throw outOfTime(call, secrets, undefined);
			// Files have places of their own. Where requests are scarce, looks go before their jobs all the same.
			if (isPaid && call.pool === 'transfer' && gate.slowed) {
				await shared.lanes.request(() => Promise.resolve(), signal, 'starts', handedOverBy);
			}
			return await shared.lanes[call.pool](
				async () => {
					if (shared.isOver(handedOverBy)) throw outOfTime(call, secrets, undefined);
					// Another attempt would have no time left.
					if (before !== undefined && host.now() >= until) throw outOfTime(call, secrets, before);
					// The places in front of a closed gate are for those who look at what is paid already.
					if (isPaid && gate.opensAt > host.now()) return 'held';
					// Only with a place of its own: what counts for the pace is when requests leave.
					if (!(await gate.pass(signal, latest))) throw outOfTime(call, secrets, undefined);
					// Meanwhile the API may have gone down.
					if (!mayLeave()) return 'held';
					if (attempt === 1)
						until = Math.min(until, host.now() + (call.totalTimeoutMs ?? Infinity));
					const number = attempt;
					const tried = await attemptOnce(host, shared.baseUrl, scope, call, {
						number,
						deadline: until,
					});
					if ('value' in tried) return tried;
					const decision = decideRetry(
						tried.failure,
						call.idempotency,
						call.retryableStatuses ?? [],
						host.wallClock(),
					);
					// Before the place is free: whoever takes it is to find the gate closed.
					if (decision.retry && decision.pauseAll) gate.close(tried.sentAt, decision.retryAfterMs);
					return { ...tried, decision };
				},
				signal,
				lineOf(call, before),
				handedOverBy,
			);
		};
		const tried = isPaid
			? await shared.breaker.guard(until, signal, leave, (tried) => signOf(tried, host.wallClock()))
			: await leave(() => true);
		if (tried === 'held') {
			attempt -= 1;
			const { opensAt } = gate;
			if (opensAt > until) throw outOfTime(call, secrets, before);
			if (opensAt > host.now()) {
				await shared.alarm.wait({ dueAt: opensAt, earliestAt: opensAt }, signal);
			}
			continue;
		}
		if ('value' in tried) {
			gate.succeeded();
			return tried.value;
		}
		const { failure, decision } = tried;
		before = failure;
		if (!decision.retry) throw errorFor(failure, call, secrets);
		if (decision.pauseAll && gate !== openGate) {
			if (gate.opensAt > until) throw outOfTime(call, secrets, failure);
			attempt -= 1;
			continue;
		}
		if (decision.pauseAll && until !== Infinity) {
			refusals += 1;
			attempt -= 1;
		} else if (attempt >= call.maxAttempts) throw errorFor(failure, call, secrets);
		const pause = decision.retryAfterMs ?? backoffMs(attempt + refusals, host.random());
		if (host.now() + pause >= until) throw outOfTime(call, secrets, failure);
		await host.sleep(pause, signal);
	}
}

/**
 * Who tries again has stood in line before, but looks of waits after a fault: they try without end, and where many
 * answers are slow to fail, nobody else would ever have a turn. Files take turns, whatever they start.
 */
function lineOf(
	{ idempotency, pool: lane, maxAttempts: attempts }: Call<unknown>,
	before: Failure | undefined,
): Line {
	if (idempotency === 'billed') return lane === 'request' ? 'starts' : 'usual';
	const refused = before !== undefined && 'status' in before && before.status === 429;
	return refused || (before !== undefined && attempts !== Infinity) ? 'again' : 'usual';
}

/** Any answer but a 5xx shows that somebody is there; a certificate or an address that is wrong shows nothing. */
function signOf(tried: Judged<unknown> | 'held', today: number): Sign {
	if (tried === 'held') return 'none';
	if ('value' in tried) return 'up';
	const { failure } = tried;
	if (failure.kind === 'networkError') return failure.transient ? { askedMs: undefined } : 'none';
	return failure.kind === 'unreadable' || failure.status < 500
		? 'up'
		: { askedMs: retryAfterMs(failure.headers, today) };
}

function errorFor(
	failure: Failure,
	call: Call<unknown>,
	secrets: readonly string[],
): MonsterApiError {
	switch (failure.kind) {
		case 'unreadable':
			return unreadableError(failure.reason, call);
		case 'networkError':
			return networkFailure(failure, call);
		case 'text':
			return statusError(call.endpoint, failure.status, failure.text, secrets);
		case 'stream':
			return statusError(call.endpoint, failure.status, '', secrets);
	}
}

function outOfTime(
	call: Call<unknown>,
	secrets: readonly string[],
	failure: Failure | undefined,
): MonsterApiError {
	const error =
		failure === undefined
			? statusError(call.endpoint, 429, '', secrets)
			: errorFor(failure, call, secrets);
	return error.with({ deadlineExceeded: true });
}
