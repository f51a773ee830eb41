import { StoppedError, type Exchange, type Host, type RequestBody } from '../host';
import { parseJson } from '../json';
import type { Call, Reading } from './call';
import type { Setback } from './retryPolicy';

/** In what the clients of one execution differ. */
export interface Scope {
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** No request leaves before. */
	readonly after?: Promise<void>;
	/** Whether its requests leave although the execution has been stopped. */
	readonly outlivesStop: boolean;
}

export interface Attempt {
	/** 1 for the first one. */
	readonly number: number;
	/** The moment of the host's clock at which a read is cut short. */
	readonly until: number;
}

/** What came of one attempt. */
export type Tried<T> =
	| { readonly value: T }
	| { readonly setback: Setback; readonly sentAt: number };

/** Sends a call once. @throws StoppedError when the execution has been stopped */
export async function attemptOnce<T>(
	host: Host,
	baseUrl: string,
	scope: Scope,
	call: Call<T>,
	attempt: Attempt,
): Promise<Tried<T>> {
	const { signal } = scope;
	const outlivesStop = scope.outlivesStop || call.seenThrough === true;
	const url =
		typeof call.url === 'function'
			? await call.url()
			: (call.url ?? `${baseUrl}${call.path ?? ''}`);
	const body = call.body === undefined ? undefined : await call.body();
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
		...(call.bearer === undefined ? {} : { bearer: call.bearer }),
		...(call.unverified === undefined ? {} : { unverified: call.unverified }),
		signal: endOf(host, scope, call),
		outlivesStop,
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
	// What may have started something is told, stopped or not.
	if (signal.aborted && call.nature === 'read') throw new StoppedError();
	return { setback: { kind: 'unreadable', reason: reading.unreadable }, sentAt };
}

/** What ends a request that is under way. A batch that ends lets what changes something finish: its outcome counts. */
function endOf(host: Host, { signal, outlivesStop }: Scope, call: Call<unknown>): AbortSignal {
	if (call.seenThrough === true) return new AbortController().signal;
	return call.nature === 'read' || outlivesStop ? signal : host.signal;
}

/** Closes a file that was opened for an attempt: after an early refusal it has not been read to its end. */
function discard(body: RequestBody | undefined): void {
	if (body?.kind === 'file' && !(body.content instanceof Uint8Array)) body.content.destroy();
}

const isGood = (status: number, call: Call<unknown>): boolean =>
	(status >= 200 && status <= 299) || (call.alsoRead ?? []).includes(status);

/** What changes something is never cut short by the deadline: nobody would know whether it was taken. */
function attemptTime(call: Call<unknown>, now: number, { number, until }: Attempt): number {
	if (call.nature !== 'read') return call.timeoutMs;
	const grace = number === 1 ? (call.graceMs ?? 0) : 0;
	return Math.min(call.timeoutMs, Math.max(until - now, grace, 1));
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
