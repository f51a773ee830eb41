import type { ByteStream, Headers, HttpRequest, RequestBody } from '../host';
import type { Endpoint } from './errorMessages';
import type { Idempotency } from './retryPolicy';

/** What a call makes of a good answer: the value, or why it cannot be read. */
export type ParseResult<T> = { readonly value: T } | { readonly unreadable: string };

interface CommonCall {
	readonly method: HttpRequest['method'];
	/** Below the base URL, with its slash; for another host give `url`. */
	readonly path?: string;
	/** A whole URL, or how to get one for each attempt. The account's key never goes to it. */
	readonly url?: string | (() => Promise<string>);
	/** What `url` asks for in place of the account's key. */
	readonly bearer?: string;
	/** Whether a certificate of `url` that cannot be verified is accepted. */
	readonly allowInvalidCertificate?: boolean;
	readonly query?: Readonly<Record<string, string>>;
	/** Made anew for each attempt, since a stream can be read only once. */
	readonly body?: () => RequestBody | Promise<RequestBody>;
	readonly endpoint: Endpoint;
	readonly idempotency: Idempotency;
	/** Which of the two limits on simultaneous work it counts for. */
	readonly pool: 'request' | 'transfer';
	/** Milliseconds that one attempt may take. */
	readonly timeoutMs: number;
	/** How often a fault or a 5xx may be met before it is given up; a 429 is waited out until `until`. */
	readonly maxAttempts: number;
	/** No pause and no attempt begins that would end after this moment of the host's clock. */
	readonly deadline: number;
	/** Milliseconds that all attempts together may take, counted from when the first one leaves. */
	readonly totalTimeoutMs?: number;
	/** Milliseconds that the first attempt gets in any case, counted from when it leaves: others may be in line. */
	readonly minTimeoutMs?: number;
	/** Whether a request that has left is seen through when the execution is stopped: what it started must be known. */
	readonly uncancellable?: boolean;
	/** Further statuses that pass by waiting. */
	readonly retryableStatuses?: readonly number[];
	/** Statuses other than success that mean something here: they go to `read`. */
	readonly acceptedStatuses?: readonly number[];
}

export interface TextCall<T> extends CommonCall {
	readonly answer?: 'text';
	/** @param body the parsed JSON, or undefined when it is none */
	readonly parse: (body: unknown, answer: { status: number; headers: Headers }) => ParseResult<T>;
}

export interface StreamCall<T> extends CommonCall {
	readonly answer: 'stream';
	readonly parse: (stream: ByteStream, headers: Headers) => Promise<ParseResult<T>>;
}

export type Call<T> = TextCall<T> | StreamCall<T>;

/** How long and how patiently a read may try. */
export type ReadLimits = Pick<CommonCall, 'maxAttempts' | 'deadline' | 'minTimeoutMs'>;
