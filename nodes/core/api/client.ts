import {
	StoppedError,
	type ByteStream,
	type Exchange,
	type Headers,
	type Host,
	type HttpRequest,
	type RequestBody,
} from '../host';
import { createLimiter, type Limiter } from './limiter';
import { parseJson } from '../json';
import type { Topic } from './advice';
import { faultError, MonsterApiError, statusError, unreadableError } from './errors';
import { createGate, openGate, type Gate } from './gate';
import { backoffMs, judge, type Nature, type Setback } from './retry';

/** What a call makes of a good answer: the value, or why it cannot be read. */
export type Reading<T> = { readonly value: T } | { readonly unreadable: string };

interface CommonCall {
	readonly method: HttpRequest['method'];
	/** Below the base URL, with its slash; for another host give `url`. */
	readonly path?: string;
	/** A whole URL, or how to get one for each attempt. The key never goes to it. */
	readonly url?: string | (() => Promise<string>);
	readonly query?: Readonly<Record<string, string>>;
	/** Made anew for each attempt, since a stream can be read only once. */
	readonly body?: () => RequestBody | Promise<RequestBody>;
	readonly topic: Topic;
	readonly nature: Nature;
	/** Which of the two limits on simultaneous work it counts for. */
	readonly lane: 'request' | 'transfer';
	/** Milliseconds that one attempt may take. */
	readonly timeoutMs: number;
	/** How often a fault or a 5xx may be met before it is given up; a 429 is waited out until `until`. */
	readonly attempts: number;
	/** No pause and no attempt begins that would end after this moment of the host's clock. */
	readonly until: number;
	/** Milliseconds that the first attempt gets in any case, counted from when it leaves: others may be in line. */
	readonly graceMs?: number;
	/** Further statuses that pass by waiting. */
	readonly alsoRetried?: readonly number[];
	/** Statuses other than success that mean something here: they go to `read`. */
	readonly alsoRead?: readonly number[];
}

export interface TextCall<T> extends CommonCall {
	readonly answer?: 'text';
	/** @param body the parsed JSON, or undefined when it is none */
	readonly read: (body: unknown, answer: { status: number; headers: Headers }) => Reading<T>;
}

export interface StreamCall<T> extends CommonCall {
	readonly answer: 'stream';
	readonly read: (stream: ByteStream, headers: Headers) => Promise<Reading<T>>;
}

export type Call<T> = TextCall<T> | StreamCall<T>;

/** The one way to the API: limits, the gate, retries and errors for every call of an execution. */
export interface Client<Stored = unknown> {
	readonly host: Host<Stored>;
	/** Ends this client's waits: the execution's stop, or the end of the batch that the work belongs to. */
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	send<T>(call: Call<T>): Promise<T>;
	/** The same limits and gate, with another signal. */
	scoped(signal: AbortSignal): Client<Stored>;
}

export interface ClientOptions {
	/** Such as `https://api.monsterapi.ai/v1`, without a slash at its end. */
	readonly baseUrl: string;
	/** Texts that no error may hold: the API key. */
	readonly secrets: readonly string[];
	/** Limits that it shares with other clients of the same account; its own when left out. */
	readonly limits?: Limits;
}

/** What all work on one account has in common: how much goes on at once, and the gate after a 429. */
export interface Limits {
	readonly gate: Gate;
	readonly lanes: Readonly<Record<'request' | 'transfer', Limiter>>;
}

/** @param host only its clock is used */
export const createLimits = (host: Pick<Host, 'now' | 'random' | 'sleep'>): Limits => ({
	gate: createGate(host),
	lanes: { request: createLimiter(maxRequests), transfer: createLimiter(maxTransfers) },
});

/** API requests at the same moment, for all items of an execution together. */
const maxRequests = 10;
/** File transfers at the same moment. */
const maxTransfers = 4;

interface Shared extends Limits {
	readonly baseUrl: string;
	readonly secrets: readonly string[];
}

/** Makes the client of one execution: one gate and one pair of limits for all its items. */
export function createClient<Stored>(host: Host<Stored>, options: ClientOptions): Client<Stored> {
	const shared: Shared = {
		...(options.limits ?? createLimits(host)),
		baseUrl: options.baseUrl,
		secrets: options.secrets,
	};
	return clientWith(host, shared, host.signal);
}

function clientWith<Stored>(
	host: Host<Stored>,
	shared: Shared,
	signal: AbortSignal,
): Client<Stored> {
	return {
		host,
		signal,
		secrets: shared.secrets,
		send: async (call) => await send(host, shared, signal, call),
		scoped: (other) => clientWith(host, shared, other),
	};
}

async function send<T>(host: Host, shared: Shared, signal: AbortSignal, call: Call<T>): Promise<T> {
	// Storage has limits of its own: its answers say nothing about the API.
	const gate = call.url === undefined ? shared.gate : openGate;
	for (let attempt = 1; ; attempt++) {
		if (gate.opensAt > call.until) throw outOfTime(call, shared, undefined);
		await gate.pass(signal);
		const tried = await shared.lanes[call.lane](
			async () =>
				// In line for a place, the gate may have closed again.
				host.now() < gate.opensAt ? 'held' : await attemptOnce(host, shared, signal, call, attempt),
			signal,
		);
		if (tried === 'held') {
			attempt -= 1;
			continue;
		}
		if ('value' in tried) {
			gate.succeeded();
			return tried.value;
		}
		const { setback, sentAt } = tried;
		const verdict = judge(setback, call.nature, call.alsoRetried ?? [], host.now());
		if (!verdict.again) throw errorFor(setback, call, shared);
		if (verdict.hold && gate !== openGate) {
			gate.close(sentAt, verdict.askedMs);
			if (gate.opensAt > call.until) throw outOfTime(call, shared, setback);
			attempt -= 1;
			continue;
		}
		if (attempt >= call.attempts) throw errorFor(setback, call, shared);
		const pause = verdict.askedMs ?? backoffMs(attempt, host.random());
		if (host.now() + pause >= call.until) throw outOfTime(call, shared, setback);
		await host.sleep(pause, signal);
	}
}

type Tried<T> = { readonly value: T } | { readonly setback: Setback; readonly sentAt: number };

async function attemptOnce<T>(
	host: Host,
	shared: Shared,
	signal: AbortSignal,
	call: Call<T>,
	attempt: number,
): Promise<Tried<T>> {
	const url =
		typeof call.url === 'function'
			? await call.url()
			: (call.url ?? `${shared.baseUrl}${call.path ?? ''}`);
	const body = await call.body?.();
	if (signal.aborted) {
		discard(body);
		throw new StoppedError();
	}
	const sentAt = host.now();
	const exchange = await host.request({
		method: call.method,
		url,
		...(call.query === undefined ? {} : { query: call.query }),
		...(body === undefined ? {} : { body }),
		timeoutMs: attemptTime(call, sentAt, attempt),
		answer: call.answer ?? 'text',
		authenticated: call.url === undefined,
		// A batch that ends lets what changes something finish: its outcome must be known.
		signal: call.nature === 'read' ? signal : host.signal,
	});
	discard(body);
	if (exchange.kind === 'stopped') throw new StoppedError();
	if (exchange.kind === 'fault') return { setback: exchange, sentAt };
	if (!isGood(exchange.status, call)) {
		if (exchange.kind === 'stream') exchange.stream.destroy();
		return { setback: exchange, sentAt };
	}
	const reading = await readAnswer(call, exchange);
	if ('value' in reading) return reading;
	if (signal.aborted) throw new StoppedError();
	return { setback: { kind: 'unreadable', reason: reading.unreadable }, sentAt };
}

/** Closes a file that was opened for an attempt: after an early refusal it has not been read to its end. */
function discard(body: RequestBody | undefined): void {
	if (body?.kind === 'file' && !(body.content instanceof Uint8Array)) body.content.destroy();
}

const isGood = (status: number, call: Call<unknown>): boolean =>
	(status >= 200 && status <= 299) || (call.alsoRead ?? []).includes(status);

/** What changes something is never cut short by the deadline: nobody would know whether it was taken. */
function attemptTime(call: Call<unknown>, now: number, attempt: number): number {
	if (call.nature !== 'read') return call.timeoutMs;
	const grace = attempt === 1 ? (call.graceMs ?? 0) : 0;
	return Math.min(call.timeoutMs, Math.max(call.until - now, grace, 1));
}

function readAnswer<T>(
	call: Call<T>,
	exchange: Extract<Exchange, { kind: 'text' | 'stream' }>,
): Reading<T> | Promise<Reading<T>> {
	if (call.answer === 'stream') {
		return exchange.kind === 'stream'
			? call.read(exchange.stream, exchange.headers)
			: { unreadable: 'The file came as a text' };
	}
	return exchange.kind === 'text'
		? call.read(parseJson(exchange.text), exchange)
		: { unreadable: 'The answer came as a file' };
}

function errorFor(setback: Setback, call: Call<unknown>, shared: Shared): MonsterApiError {
	switch (setback.kind) {
		case 'unreadable':
			return unreadableError(setback.reason, call.nature);
		case 'fault':
			return faultError(setback, call.nature);
		case 'text':
			return statusError(call.topic, setback.status, setback.text, shared.secrets);
		case 'stream':
			return statusError(call.topic, setback.status, '', shared.secrets);
	}
}

function outOfTime(
	call: Call<unknown>,
	shared: Shared,
	setback: Setback | undefined,
): MonsterApiError {
	const error =
		setback === undefined
			? statusError(call.topic, 429, '', shared.secrets)
			: errorFor(setback, call, shared);
	return error.with({ outOfTime: true });
}
