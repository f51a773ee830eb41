import { CancelledError, type HttpResult, type Host, type HttpRequest } from '../host';
import { parseJson } from '../json';
import { wellFormed } from '../text';
import { requireAllowedAddress } from './addressPolicy';
import type { Call, ParseResult } from './call';
import { statedReason } from './reason';
import { sendFollowing } from './redirects';
import type { Failure } from './retryPolicy';
import { closeFile, sendFile } from './sendFile';
import { maxAnswerBytes } from './sizes';
import { isForeign, judgeAddress } from './wrongAddress';

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

type Answer = Extract<HttpResult, { kind: 'text' | 'stream' }>;

/** What came of one attempt. */
export type AttemptResult<T> =
	| { readonly value: T }
	/** `isCutShort`: the deadline left it less time than it may take. */
	| { readonly failure: Failure; readonly isCutShort?: boolean };

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
		closeFile(body);
		throw new CancelledError();
	}
	const timeoutMs = attemptTimeout(call, host.now(), attempt);
	const request: HttpRequest = {
		method: call.method,
		url,
		...(call.query === undefined ? {} : { query: wellFormedQuery(call.query) }),
		...(body === undefined ? {} : { body }),
		timeoutMs,
		answer: call.answer ?? 'text',
		maxBytes: maxAnswerBytes,
		authenticated: call.url === undefined,
		...(call.bearer === undefined ? {} : { bearer: call.bearer }),
		...(call.allowInvalidCertificate === undefined
			? {}
			: { allowInvalidCertificate: call.allowInvalidCertificate }),
		signal: abortSignalOf(host, scope, call),
		ignoresCancellation,
	};
	const result =
		body?.kind === 'file'
			? await sendFile(host, request, body)
			: await sendFollowing(host, request, requireAllowed);
	closeFile(body);
	if (result.kind === 'cancelled') throw new CancelledError();
	if (result.kind === 'tooLarge') return { failure: result };
	if (result.kind === 'networkError') {
		const isCutShort = result.code === 'ETIMEDOUT' && timeoutMs < call.timeoutMs;
		return { failure: result, isCutShort };
	}
	if (!isAccepted(result, call, baseUrl)) {
		if (result.kind === 'stream') result.stream.destroy();
		return { failure: result };
	}
	const foreign = isFromElsewhere(result, call);
	const parsed = foreign ? notJson : await parseAnswer(call, result);
	if ('value' in parsed) return parsed;
	// A request that may have started something is reported even after a stop.
	if (signal.aborted && call.idempotency === 'idempotent') throw new CancelledError();
	const stated = result.kind === 'text' ? statedReason(result.text, scope.secrets) : undefined;
	return {
		failure: {
			kind: 'unreadable',
			reason: parsed.unreadable,
			foreign,
			...(stated === undefined ? {} : { stated }),
		},
	};
}

/** n8n's encoder would drop the character that follows half of one. */
const wellFormedQuery = (query: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(Object.entries(query).map(([name, value]) => [name, wellFormed(value)]));

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

function isAccepted(result: Answer, call: Call<unknown>, baseUrl: string): boolean {
	const { status } = result;
	if (status >= 200 && status <= 299) return true;
	if (call.acceptedStatuses?.includes(status) !== true) return false;
	// Proxies and firewalls answer with pages of their own, which say nothing about what was asked for.
	const isClientError = status >= 400 && status <= 499;
	if (isClientError && call.acceptsAnyText !== true && isForeignText(result)) return false;
	// Any web server has a 404, also in JSON.
	if (status !== 404 || result.kind === 'stream' || call.url !== undefined) return true;
	const reason = statedReason(parseJson(result.text), []);
	return judgeAddress(status, result.text, reason, baseUrl) !== 'wrong';
}

const isForeignText = (result: Answer): boolean => result.kind === 'text' && isForeign(result.text);

const notJson = { unreadable: 'the answer was not JSON' } as const;

/**
 * Whether it was not the API that reported a success: a web page is no list, no job and no confirmation. Other hosts may
 * answer in any form, and so may the API when there is nothing yet (202).
 */
const isFromElsewhere = (result: Answer, call: Call<unknown>): boolean =>
	call.url === undefined &&
	call.acceptsAnyText !== true &&
	result.status <= 299 &&
	result.status !== 202 &&
	isForeignText(result);

/** Only idempotent requests are cut short by the deadline: of others nobody would know whether they were accepted. */
function attemptTimeout(call: Call<unknown>, now: number, { number, deadline }: Attempt): number {
	if (call.idempotency !== 'idempotent') return call.timeoutMs;
	const minTimeoutMs = number === 1 ? (call.minTimeoutMs ?? 0) : 0;
	return Math.min(call.timeoutMs, Math.max(deadline - now, minTimeoutMs, 1));
}

function parseAnswer<T>(call: Call<T>, result: Answer): ParseResult<T> | Promise<ParseResult<T>> {
	if (call.answer === 'stream') {
		return result.kind === 'stream'
			? call.parse(result.stream, result.headers)
			: { unreadable: 'The file came as text' };
	}
	return result.kind === 'text'
		? call.parse(parseJson(result.text), result)
		: { unreadable: 'The answer came as a file' };
}
