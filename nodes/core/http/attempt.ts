import { CancelledError, type HttpResult, type Host, type RequestBody } from '../host';
import { parseJson } from '../json';
import type { Call, ParseResult } from './call';
import type { Failure } from './retryPolicy';

/** In what the clients of one execution differ. */
export interface Scope {
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** No request leaves before. */
	readonly after?: Promise<void>;
	/** Whether its requests leave although the execution has been stopped. */
	readonly ignoresCancellation: boolean;
}

export interface Attempt {
	/** 1 for the first one. */
	readonly number: number;
	/** The moment of the host's clock at which a read is cut short. */
	readonly deadline: number;
}

/** What came of one attempt. */
export type AttemptResult<T> =
	| { readonly value: T }
	| { readonly failure: Failure; readonly sentAt: number };

/** Sends a call once. @throws StoppedError when the execution has been stopped */
export async function attemptOnce<T>(
	host: Host,
	baseUrl: string,
	scope: Scope,
	call: Call<T>,
	attempt: Attempt,
): Promise<AttemptResult<T>> {
	const { signal } = scope;
	const outlivesStop = scope.ignoresCancellation || call.uncancellable === true;
	const url =
		typeof call.url === 'function'
			? await call.url()
			: (call.url ?? `${baseUrl}${call.path ?? ''}`);
	const body = call.body === undefined ? undefined : await call.body();
	if (signal.aborted) {
		discard(body);
		throw new CancelledError();
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
		...(call.allowInvalidCertificate === undefined
			? {}
			: { allowInvalidCertificate: call.allowInvalidCertificate }),
		signal: endOf(host, scope, call),
		ignoresCancellation: outlivesStop,
	});
	discard(body);
	if (exchange.kind === 'cancelled') throw new CancelledError();
	if (exchange.kind === 'networkError') return { failure: exchange, sentAt };
	if (!isGood(exchange.status, call)) {
		if (exchange.kind === 'stream') exchange.stream.destroy();
		return { failure: exchange, sentAt };
	}
	const reading = await readAnswer(call, exchange);
	if ('value' in reading) return reading;
	// What may have started something is told, stopped or not.
	if (signal.aborted && call.idempotency === 'idempotent') throw new CancelledError();
	return { failure: { kind: 'unreadable', reason: reading.unreadable }, sentAt };
}

/** What ends a request that is under way. A batch that ends lets what changes something finish: its outcome counts. */
function endOf(
	host: Host,
	{ signal, ignoresCancellation: outlivesStop }: Scope,
	call: Call<unknown>,
): AbortSignal {
	if (call.uncancellable === true) return new AbortController().signal;
	return call.idempotency === 'idempotent' || outlivesStop ? signal : host.signal;
}

/** Closes a file that was opened for an attempt: after an early refusal it has not been read to its end. */
function discard(body: RequestBody | undefined): void {
	if (body?.kind === 'file' && !(body.content instanceof Uint8Array)) body.content.destroy();
}

const isGood = (status: number, call: Call<unknown>): boolean =>
	(status >= 200 && status <= 299) || (call.acceptedStatuses ?? []).includes(status);

/** What changes something is never cut short by the deadline: nobody would know whether it was taken. */
function attemptTime(
	call: Call<unknown>,
	now: number,
	{ number, deadline: until }: Attempt,
): number {
	if (call.idempotency !== 'idempotent') return call.timeoutMs;
	const grace = number === 1 ? (call.minTimeoutMs ?? 0) : 0;
	return Math.min(call.timeoutMs, Math.max(until - now, grace, 1));
}

function readAnswer<T>(
	call: Call<T>,
	exchange: Extract<HttpResult, { kind: 'text' | 'stream' }>,
): ParseResult<T> | Promise<ParseResult<T>> {
	if (call.answer === 'stream') {
		return exchange.kind === 'stream'
			? call.parse(exchange.stream, exchange.headers)
			: { unreadable: 'The file came as a text' };
	}
	return exchange.kind === 'text'
		? call.parse(parseJson(exchange.text), exchange)
		: { unreadable: 'The answer came as a file' };
}
