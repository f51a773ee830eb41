import { createAlarm, type Alarm } from '../coalescingTimer';
import { StoppedError, type Host } from '../host';
import { attemptOnce, type Scope, type Tried } from './attempt';
import { createBreaker, type Breaker, type Sign } from './circuitBreaker';
import type { Call } from './call';
import { faultError, statusError, unreadableError, type MonsterApiError } from './errors';
import { createGate, openGate, type Gate } from './gate';
import { createLimiter, startsFirst, startsLast, type Limiter, type Line } from './limiter';
import { backoffMs, judge, retryAfterMs, type Setback, type Verdict } from './retryPolicy';

/** The one way to the API: limits, the gate, retries and errors for every call of an execution. */
export interface Client<Stored = unknown> {
	readonly host: Host<Stored>;
	/** Ends this client's waits: the execution's stop, or the end of the batch that the work belongs to. */
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** For waits between calls. */
	readonly alarm: Alarm;
	send<T>(call: Call<T>): Promise<T>;
	/** The same limits and gate, with another signal; nothing leaves before `after`. */
	scoped(signal: AbortSignal, after?: Promise<void>): Client<Stored>;
	/** The same client with further texts that no error may hold. */
	hiding(...secrets: string[]): Client<Stored>;
	/** The same client for what must still be done when the execution has been stopped; nothing ends its waits. */
	beyondStop(): Client<Stored>;
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
	readonly alarm: Alarm;
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
		alarm: createAlarm(host),
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
		outlivesStop: false,
	});
}

function clientWith<Stored>(host: Host<Stored>, shared: Shared, scope: Scope): Client<Stored> {
	const { signal, secrets } = scope;
	return {
		host,
		signal,
		secrets,
		alarm: shared.alarm,
		send: (call) => send(host, shared, scope, call),
		scoped: (other, after) =>
			clientWith(host, shared, { ...scope, signal: other, ...(after && { after }) }),
		hiding: (...further) =>
			clientWith(host, shared, { ...scope, secrets: [...secrets, ...further] }),
		beyondStop: () =>
			clientWith(host, shared, {
				...scope,
				signal: new AbortController().signal,
				outlivesStop: true,
			}),
	};
}

/** What came of one attempt, and what to do about it. */
type Judged<T> =
	| Extract<Tried<T>, { readonly value: T }>
	| { readonly setback: Setback; readonly verdict: Verdict };

async function send<T>(host: Host, shared: Shared, scope: Scope, call: Call<T>): Promise<T> {
	const { signal, secrets, after } = scope;
	if (after !== undefined) await after;
	// Storage and deployments have limits of their own: their answers say nothing about the API. What must be done after
	// a stop has no time to wait for others.
	const gate = call.url === undefined && !scope.outlivesStop ? shared.gate : openGate;
	const isPaid = call.nature === 'paid';
	const latest = call.until + (call.graceMs ?? 0);
	let { until } = call;
	let refusals = 0;
	/** What came of the attempt before. */
	let before: Setback | undefined;
	const handedOverBy = isPaid ? call.until : Infinity;
	for (let attempt = 1; ; attempt++) {
		const leave = async (mayLeave: () => boolean): Promise<Judged<T> | 'held'> => {
			if (signal.aborted) throw new StoppedError();
			if (gate.opensAt > until) throw outOfTime(call, secrets, undefined);
			// Files have places of their own. Where requests are scarce, looks go before their jobs all the same.
			if (isPaid && call.lane === 'transfer' && gate.slowed) {
				await shared.lanes.request(() => Promise.resolve(), signal, 'starts', handedOverBy);
			}
			return await shared.lanes[call.lane](
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
					if (attempt === 1) until = Math.min(until, host.now() + (call.patienceMs ?? Infinity));
					const number = attempt;
					const tried = await attemptOnce(host, shared.baseUrl, scope, call, { number, until });
					if ('value' in tried) return tried;
					const verdict = judge(tried.setback, call.nature, call.alsoRetried ?? [], host.today());
					// Before the place is free: whoever takes it is to find the gate closed.
					if (verdict.again && verdict.hold) gate.close(tried.sentAt, verdict.askedMs);
					return { ...tried, verdict };
				},
				signal,
				lineOf(call, before),
				handedOverBy,
			);
		};
		const tried = isPaid
			? await shared.breaker.guard(until, signal, leave, (tried) => signOf(tried, host.today()))
			: await leave(() => true);
		if (tried === 'held') {
			attempt -= 1;
			const { opensAt } = gate;
			if (opensAt > until) throw outOfTime(call, secrets, before);
			if (opensAt > host.now()) {
				await shared.alarm.at({ moment: opensAt, notBefore: opensAt }, signal);
			}
			continue;
		}
		if ('value' in tried) {
			gate.succeeded();
			return tried.value;
		}
		const { setback, verdict } = tried;
		before = setback;
		if (!verdict.again) throw errorFor(setback, call, secrets);
		if (verdict.hold && gate !== openGate) {
			if (gate.opensAt > until) throw outOfTime(call, secrets, setback);
			attempt -= 1;
			continue;
		}
		if (verdict.hold && until !== Infinity) {
			refusals += 1;
			attempt -= 1;
		} else if (attempt >= call.attempts) throw errorFor(setback, call, secrets);
		const pause = verdict.askedMs ?? backoffMs(attempt + refusals, host.random());
		if (host.now() + pause >= until) throw outOfTime(call, secrets, setback);
		await host.sleep(pause, signal);
	}
}

/**
 * Who tries again has stood in line before, but looks of waits after a fault: they try without end, and where many
 * answers are slow to fail, nobody else would ever have a turn. Files take turns, whatever they start.
 */
function lineOf({ nature, lane, attempts }: Call<unknown>, before: Setback | undefined): Line {
	if (nature === 'paid') return lane === 'request' ? 'starts' : 'usual';
	const refused = before !== undefined && 'status' in before && before.status === 429;
	return refused || (before !== undefined && attempts !== Infinity) ? 'again' : 'usual';
}

/** Any answer but a 5xx shows that somebody is there; a certificate or an address that is wrong shows nothing. */
function signOf(tried: Judged<unknown> | 'held', today: number): Sign {
	if (tried === 'held') return 'none';
	if ('value' in tried) return 'up';
	const { setback } = tried;
	if (setback.kind === 'fault') return setback.transient ? { askedMs: undefined } : 'none';
	return setback.kind === 'unreadable' || setback.status < 500
		? 'up'
		: { askedMs: retryAfterMs(setback.headers, today) };
}

function errorFor(
	setback: Setback,
	call: Call<unknown>,
	secrets: readonly string[],
): MonsterApiError {
	switch (setback.kind) {
		case 'unreadable':
			return unreadableError(setback.reason, call);
		case 'fault':
			return faultError(setback, call);
		case 'text':
			return statusError(call.topic, setback.status, setback.text, secrets);
		case 'stream':
			return statusError(call.topic, setback.status, '', secrets);
	}
}

function outOfTime(
	call: Call<unknown>,
	secrets: readonly string[],
	setback: Setback | undefined,
): MonsterApiError {
	const error =
		setback === undefined
			? statusError(call.topic, 429, '', secrets)
			: errorFor(setback, call, secrets);
	return error.with({ outOfTime: true });
}
