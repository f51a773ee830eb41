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
import { toJsonText } from '../core/text';
import { toNetworkError } from './networkErrors';
import { multipart } from './multipart';
import { readText } from './readText';
import { startTimeout } from './requestTimeouts';

/** n8n's contexts that can send requests with a credential. */
export type RequestContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IWebhookFunctions;

/** Sends one request with n8n's HTTP helper. Never rejects. */
export function sendRequest(context: RequestContext, request: HttpRequest): Promise<HttpResult> {
	return new Promise((resolve) => {
		if (request.signal.aborted) {
			resolve({ kind: 'cancelled' });
			return;
		}
		const controller = usesExecutionSignal(context, request) ? undefined : new AbortController();
		let answer: Answer | undefined;
		let isAborted = false;
		const abort = (result: HttpResult) => {
			isAborted = true;
			settle(result);
			controller?.abort(ended);
			answer?.stream.destroy();
		};
		// n8n's own timeout ends when the headers arrive; a body that never ends would block a job forever.
		const clear = startTimeout(request.timeoutMs, () => abort(timedOut));
		const unsubscribe = onAbort(request.signal, () => abort({ kind: 'cancelled' }));
		const settle = (result: HttpResult) => {
			clear();
			// A stream can still be aborted while it is read.
			if (result.kind === 'stream') result.stream.once('close', unsubscribe);
			else unsubscribe();
			resolve(result);
		};
		callHelper(context, request, controller?.signal)
			.then(async (response) => {
				answer = parseResponse(response);
				// n8n may have sent it to its end although nobody waits for it any more.
				if (isAborted) answer?.stream.destroy();
				return answer === undefined ? noAnswer : await readAnswer(answer, request);
			})
			.then(settle, (error: unknown) => settle(toNetworkError(error)));
	});
}

/** n8n replaces any other signal of an authenticated request with the execution's own. */
const usesExecutionSignal = (context: RequestContext, request: HttpRequest): boolean =>
	request.authenticated &&
	request.ignoresCancellation !== true &&
	'getExecutionCancelSignal' in context;

const timedOut: HttpResult = {
	kind: 'networkError',
	reached: 'maybe',
	transient: true,
	code: 'ETIMEDOUT',
};

/** Shared, because without a reason Node.js creates one with a stack for each request. */
const ended = new Error('The request has ended');

async function callHelper(
	context: RequestContext,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<unknown> {
	const { helpers } = context;
	// New options for each call, because n8n writes the API key into them.
	const options: IHttpRequestOptions = {
		...toOptions(request),
		...(signal === undefined ? {} : { abortSignal: signal }),
	};
	if (!request.authenticated) return await helpers.httpRequest(options);
	const caller = request.ignoresCancellation === true ? withoutExecutionSignal(context) : context;
	return await helpers.httpRequestWithAuthentication.call(caller, 'monsterApi', options);
}

/** n8n aborts authenticated requests with the execution of their context, and sends none after that. */
const withoutExecutionSignal = (context: RequestContext): RequestContext =>
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
			? // The bytes of a compressed response could not be compared with its Content-Length.
				{ Accept: '*/*', 'Accept-Encoding': 'identity' }
			: { Accept: 'application/json', ...headers, ...toAuthorization(request.bearer) },
		...(request.allowInvalidCertificate === true ? { skipSslCertificateValidation: true } : {}),
		...(request.query === undefined ? {} : { qs: { ...request.query } }),
		...(body === undefined ? {} : { body }),
		// n8n would read, and decompress, an answer of any size. Core handles the statuses.
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// Following redirects would forward the API key, and buffer an upload. Those of downloads are followed by core.
		disableFollowRedirect: true,
		timeout: Math.ceil(request.timeoutMs),
		...(download ? { agentOptions: largeChunks } : {}),
	};
}

/**
 * n8n writes a file chunk by chunk, and reads the next chunk only after that. With Node's 64 KB most of the time is spent
 * switching between the two. Measured: twice as fast; larger chunks are not faster. n8n 1 does not pass this on.
 */
const largeChunks: AgentOptions & { readonly highWaterMark: number } = {
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
			// As text, because n8n sends no body for an empty object.
			return {
				headers: { 'Content-Type': 'application/json' },
				body: toJsonText(body.value),
			};
		case 'form': {
			const { contentType, body: bytes } = multipart(body);
			return { headers: { 'Content-Type': contentType }, body: bytes };
		}
		case 'file':
			// Storage rejects a chunked upload, so the length is set explicitly.
			return {
				headers: { 'Content-Type': body.mimeType, 'Content-Length': String(body.size) },
				body: toBlob(body),
			};
	}
}

/**
 * What n8n's HTTP client takes for a `Blob`: the one form in which it asks for chunks one by one. It has properties of its
 * own, without which n8n would take it for an empty object.
 */
const toBlob = ({ content, size, mimeType }: FileBody) => ({
	size,
	type: mimeType,
	[Symbol.toStringTag]: 'Blob',
	stream: () => content,
});

type FileBody = Extract<RequestBody, { kind: 'file' }>;

/** An answer whose body has not been read yet. */
interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly stream: ByteStream;
}

const noAnswer: HttpResult = {
	kind: 'networkError',
	reached: 'maybe',
	transient: true,
	code: 'NO_ANSWER',
};

function parseResponse(response: unknown): Answer | undefined {
	if (!isRecord(response) || typeof response['statusCode'] !== 'number') return undefined;
	const { statusCode: status, body: stream } = response;
	return isStream(stream)
		? { status, headers: readHeaders(response['headers']), stream }
		: undefined;
}

async function readAnswer(answer: Answer, request: HttpRequest): Promise<HttpResult> {
	if (request.answer === 'stream') return { kind: 'stream', ...answer };
	const { status, headers, stream } = answer;
	const text = await readText(stream, request.maxBytes);
	return text === undefined
		? { kind: 'tooLarge', status, headers }
		: { kind: 'text', status, headers, text };
}

/** Node.js lower-cases header names. */
function readHeaders(source: unknown): Headers {
	const headers: { -readonly [Name in keyof Headers]: Headers[Name] } = {};
	if (!isRecord(source)) return headers;
	for (const name of knownHeaders) {
		const value = source[name];
		if (typeof value === 'string' || typeof value === 'number') headers[name] = String(value);
	}
	return headers;
}

const isStream = (value: unknown): value is ByteStream =>
	typeof value === 'object' &&
	value !== null &&
	typeof Reflect.get(value, 'pipe') === 'function' &&
	typeof Reflect.get(value, 'destroy') === 'function';
