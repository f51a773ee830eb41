import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import {
	knownHeaders,
	type ByteStream,
	type HttpResult,
	type Headers,
	type HttpRequest,
	type RequestBody,
} from '../core/host';
import { isRecord } from '../core/json';
import { onAbort } from '../core/onAbort';
import { toNetworkError } from './networkErrors';
import { multipart } from './multipart';
import { startTimeout } from './requestTimeouts';

/** n8n's contexts that make requests with a credential. */
export type RequestContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IWebhookFunctions;

/** Makes one exchange with n8n's HTTP helper. Never rejects. */
export function sendRequest(context: RequestContext, request: HttpRequest): Promise<HttpResult> {
	return new Promise((resolve) => {
		if (request.signal.aborted) {
			resolve({ kind: 'cancelled' });
			return;
		}
		const cut = endsWithExecution(context, request) ? undefined : new AbortController();
		/** Nobody waits for what has not come by then. */
		const giveUp = (why: HttpResult) => {
			settle(why);
			cut?.abort(over);
		};
		// n8n's own time limit ends when the headers are there; a body that never ends would hold a job for ever.
		const inTime = startTimeout(request.timeoutMs, () => giveUp(outOfTime));
		const forget = onAbort(request.signal, () => giveUp({ kind: 'cancelled' }));
		const settle = (exchanged: HttpResult) => {
			inTime();
			// A stream can still be stopped while it is read.
			if (exchanged.kind === 'stream') exchanged.stream.once('close', forget);
			else forget();
			resolve(exchanged);
		};
		callHelper(context, request, cut?.signal).then(
			(answer) => settle(readAnswer(answer, request)),
			(error: unknown) => settle(toNetworkError(error)),
		);
	});
}

/** n8n puts the execution's stop in place of any other signal that an authenticated request brings. */
const endsWithExecution = (context: RequestContext, request: HttpRequest): boolean =>
	request.authenticated &&
	request.ignoresCancellation !== true &&
	'getExecutionCancelSignal' in context;

const outOfTime: HttpResult = {
	kind: 'networkError',
	reached: 'maybe',
	transient: true,
	code: 'ETIMEDOUT',
};

/** Without a reason the platform makes one for each request, with a stack. */
const over = new Error('The request has ended');

async function callHelper(
	context: RequestContext,
	request: HttpRequest,
	cut: AbortSignal | undefined,
): Promise<unknown> {
	const { helpers } = context;
	// Options are made anew for each call: n8n writes the key into them.
	const options: IHttpRequestOptions = {
		...toOptions(request),
		...(cut === undefined ? {} : { abortSignal: cut }),
	};
	if (!request.authenticated) return await helpers.httpRequest(options);
	const caller = request.ignoresCancellation === true ? withoutStop(context) : context;
	return await helpers.httpRequestWithAuthentication.call(caller, 'monsterApi', options);
}

/** n8n ends authenticated requests with the execution that it finds in their context, and sends none after that. */
const withoutStop = (context: RequestContext): RequestContext =>
	new Proxy(context, {
		has: (target, name) => name !== 'getExecutionCancelSignal' && name in target,
	});

function toOptions(request: HttpRequest): IHttpRequestOptions {
	const method: IHttpRequestMethods = request.method;
	const download = request.answer === 'stream';
	const { headers, body } = toBody(request.body);
	return {
		method,
		url: request.url,
		headers: download
			? // Encoded, the bytes that arrive could not be checked against the length that was promised.
				{ Accept: '*/*', 'Accept-Encoding': 'identity' }
			: { Accept: 'application/json', ...headers, ...toAuthorization(request.bearer) },
		...(request.allowInvalidCertificate === true ? { skipSslCertificateValidation: true } : {}),
		...(request.query === undefined ? {} : { qs: { ...request.query } }),
		...(body === undefined ? {} : { body }),
		// Text, not JSON: a broken body must be seen as such. Statuses are read by core.
		encoding: download ? 'stream' : 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// Following redirects would send the key on, and keep an upload in memory. Only result files may move.
		disableFollowRedirect: !download,
		timeout: Math.ceil(request.timeoutMs),
		...(download ? { agentOptions: inLargePieces } : {}),
	};
}

/**
 * n8n writes a file piece by piece, and reads the next one only then. With the platform's 64 KB most of the time goes
 * into changing between the two; what has come meanwhile is one piece now. Measured: twice as fast; larger is not faster.
 * n8n 1 does not pass this on.
 */
const inLargePieces: AgentOptions & { readonly highWaterMark: number } = {
	highWaterMark: 512 * 1024,
};

type AgentOptions = NonNullable<IHttpRequestOptions['agentOptions']>;

const toAuthorization = (bearer: string | undefined): Record<string, string> =>
	bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };

function toBody(body: RequestBody | undefined): Pick<IHttpRequestOptions, 'headers' | 'body'> {
	switch (body?.kind) {
		case undefined:
			return {};
		case 'json':
			// As text, since n8n sends nothing at all for an empty object.
			return {
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body.value),
			};
		case 'form': {
			const { contentType, body: bytes } = multipart(body);
			return { headers: { 'Content-Type': contentType }, body: bytes };
		}
		case 'file':
			// Storage refuses a chunked upload, so the length is said beforehand.
			return {
				headers: { 'Content-Type': body.mimeType, 'Content-Length': String(lengthOf(body)) },
				body: body.content,
			};
	}
}

/** Of bytes that are there their own length: the size of Base64 text is reckoned. */
const lengthOf = ({ content, size }: Extract<RequestBody, { kind: 'file' }>): number =>
	content instanceof Uint8Array ? content.length : size;

function readAnswer(answer: unknown, request: HttpRequest): HttpResult {
	if (!isRecord(answer) || typeof answer['statusCode'] !== 'number') {
		return { kind: 'networkError', reached: 'maybe', transient: true, code: 'NO_ANSWER' };
	}
	const { statusCode: status, body } = answer;
	const headers = readHeaders(answer['headers']);
	if (request.answer === 'stream') {
		return isStream(body)
			? { kind: 'stream', status, headers, stream: body }
			: { kind: 'networkError', reached: 'maybe', transient: true, code: 'NO_STREAM' };
	}
	return { kind: 'text', status, headers, text: typeof body === 'string' ? body : '' };
}

/** Node gives their names in lower case. */
function readHeaders(given: unknown): Headers {
	const headers: { -readonly [Name in keyof Headers]: Headers[Name] } = {};
	if (!isRecord(given)) return headers;
	for (const name of knownHeaders) {
		const value = given[name];
		if (typeof value === 'string' || typeof value === 'number') headers[name] = String(value);
	}
	return headers;
}

const isStream = (value: unknown): value is ByteStream =>
	typeof value === 'object' &&
	value !== null &&
	typeof Reflect.get(value, 'pipe') === 'function' &&
	typeof Reflect.get(value, 'destroy') === 'function';
