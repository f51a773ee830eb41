import {
	CancelledError,
	type HttpRequest,
	type HttpResult,
	type Host,
	type RequestBody,
} from '../host';
import { parseJson } from '../json';
import { requireAllowedAddress } from './addressPolicy';
import type { Call, ParseResult } from './call';
import { sendFollowing } from './redirects';
import type { Failure } from './retryPolicy';

/** What differs between the clients of one execution. */
export interface Scope {
	readonly signal: AbortSignal;
	readonly secrets: readonly string[];
	/** No request leaves before it resolves. */
	readonly after?: Promise<void>;
	/** Whether its requests leave although the execution has been stopped. */
	readonly ignoresCancellation: boolean;
}

export interface Attempt {
	/** 1 for the first one. */
	readonly number: number;
	/** The moment of the host's clock at which an idempotent request is cut short. */
	readonly deadline: number;
}

/** What came of one attempt. */
export type AttemptResult<T> = { readonly value: T } | { readonly failure: Failure };

/**
 * Sends a call once.
 * @throws CancelledError when the execution has been stopped
 * @throws MonsterApiError when it must not be sent to its address
 */
export async function attemptOnce<T>(
	host: Host,
	baseUrl: string,
	scope: Scope,
	call: Call<T>,
	attempt: Attempt,
): Promise<AttemptResult<T>> {
	const { signal } = scope;
	// Where the first failure ends a batch: the one whose slot this is may just be reporting one.
	if (scope.after !== undefined && call.idempotency === 'billed') await host.sleep(0, signal);
	const ignoresCancellation = scope.ignoresCancellation || call.uncancellable === true;
	const url =
		typeof call.url === 'function'
			? await call.url()
			: (call.url ?? `${baseUrl}${call.path ?? ''}`);
	const requireAllowed = (address: string) =>
		requireAllowedAddress(call.endpoint, address, baseUrl);
	if (call.url !== undefined) requireAllowed(url);
	const body = call.body === undefined ? undefined : await call.body();
	if (signal.aborted) {
		discard(body);
		throw new CancelledError();
	}
	const sentAt = host.now();
	const request: HttpRequest = {
		method: call.method,
		url,
		...(call.query === undefined ? {} : { query: call.query }),
		...(body === undefined ? {} : { body }),
		timeoutMs: attemptTimeout(call, sentAt, attempt),
		answer: call.answer ?? 'text',
		authenticated: call.url === undefined,
		...(call.bearer === undefined ? {} : { bearer: call.bearer }),
		...(call.allowInvalidCertificate === undefined
			? {}
			: { allowInvalidCertificate: call.allowInvalidCertificate }),
		signal: abortSignalOf(host, scope, call),
		ignoresCancellation,
	};
	const result = await sendFollowing(host, request, requireAllowed);
	discard(body);
	if (result.kind === 'cancelled') throw new CancelledError();
	if (result.kind === 'networkError') return { failure: result };
	if (!isAccepted(result.status, call)) {
		if (result.kind === 'stream') result.stream.destroy();
		return { failure: result };
	}
	const parsed = await parseAnswer(call, result);
	if ('value' in parsed) return parsed;
	// A request that may have started something is reported even after a stop.
	if (signal.aborted && call.idempotency === 'idempotent') throw new CancelledError();
	return { failure: { kind: 'unreadable', reason: parsed.unreadable } };
}

/**
 * What cuts a request short that is under way. The end of a batch lets requests that change something finish: their
 * outcome counts.
 */
function abortSignalOf(
	host: Host,
	{ signal, ignoresCancellation }: Scope,
	call: Call<unknown>,
): AbortSignal {
	if (call.uncancellable === true) return new AbortController().signal;
	return call.idempotency === 'idempotent' || ignoresCancellation ? signal : host.signal;
}

/** Closes the file of an attempt, which an early refusal leaves unread. */
function discard(body: RequestBody | undefined): void {
	if (body?.kind === 'file' && !(body.content instanceof Uint8Array)) body.content.destroy();
}

const isAccepted = (status: number, call: Call<unknown>): boolean =>
	(status >= 200 && status <= 299) || (call.acceptedStatuses ?? []).includes(status);

/** Only idempotent requests are cut short by the deadline: of others nobody would know whether they were accepted. */
function attemptTimeout(call: Call<unknown>, now: number, { number, deadline }: Attempt): number {
	if (call.idempotency !== 'idempotent') return call.timeoutMs;
	const minTimeoutMs = number === 1 ? (call.minTimeoutMs ?? 0) : 0;
	return Math.min(call.timeoutMs, Math.max(deadline - now, minTimeoutMs, 1));
}

function parseAnswer<T>(
	call: Call<T>,
	result: Extract<HttpResult, { kind: 'text' | 'stream' }>,
): ParseResult<T> | Promise<ParseResult<T>> {
	if (call.answer === 'stream') {
		return result.kind === 'stream'
			? call.parse(result.stream, result.headers)
			: { unreadable: 'The file came as text' };
	}
	return result.kind === 'text'
		? call.parse(parseJson(result.text), result)
		: { unreadable: 'The answer came as a file' };
}
