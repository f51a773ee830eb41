import type { ByteStream, Headers, HttpRequest, RequestBody } from '../host';
import type { Endpoint } from './endpoint';
import type { Idempotency } from './retryPolicy';

/** The value of a successful answer, or why it cannot be read. */
export type ParseResult<T> = { readonly value: T } | { readonly unreadable: string };

interface CommonCall {
	readonly method: HttpRequest['method'];
	/** Below the base URL, with a leading slash; `url` for another host. */
	readonly path?: string;
	/** A whole URL, or how to get one for each attempt. The account's key is never sent to it. */
	readonly url?: string | (() => Promise<string>);
	/** The token for `url`, instead of the account's key. */
	readonly bearer?: string;
	/** Whether to accept a certificate of `url` that cannot be verified. */
	readonly allowInvalidCertificate?: boolean;
	readonly query?: Readonly<Record<string, string>>;
	/** Made anew for each attempt, since a stream can be read only once. */
	readonly body?: () => RequestBody | Promise<RequestBody>;
	readonly endpoint: Endpoint;
	readonly idempotency: Idempotency;
	/** Which of the two concurrency limits it counts towards. */
	readonly pool: 'request' | 'transfer';
	/** Milliseconds that one attempt may take. */
	readonly timeoutMs: number;
	/** Attempts that may end in a fault or a 5xx; a 429 is waited out until `deadline`. */
	readonly maxAttempts: number;
	/** The same for failures that will hardly pass; `maxAttempts` by default. */
	readonly maxLastingAttempts?: number;
	/** A moment of the host's clock: no pause and no further attempt goes past it. */
	readonly deadline: number;
	/** Milliseconds for all attempts together, from when the first one starts; anew after the API’s 429. */
	readonly totalTimeoutMs?: number;
	/** Milliseconds that the first attempt gets at least, however long it was queued. */
	readonly minTimeoutMs?: number;
	/** Whether a last attempt is made before the deadline even if a rate limit asks to wait longer. */
	readonly urgent?: boolean;
	/** Whether a request under way goes on when the execution is stopped: what it started must be known. */
	readonly uncancellable?: boolean;
	/** Further statuses to retry on. */
	readonly retryableStatuses?: readonly number[];
	/** Statuses besides 2xx that go to `parse`. */
	readonly acceptedStatuses?: readonly number[];
	/** Whether a success may be any text, also a page: of a change that another call can confirm. */
	readonly acceptsAnyText?: boolean;
}

interface TextCall<T> extends CommonCall {
	readonly answer?: 'text';
	/** @param body the parsed JSON, or undefined when it is none; `text`: the body as received */
	readonly parse: (
		body: unknown,
		answer: { status: number; headers: Headers; text: string },
	) => ParseResult<T>;
}

interface StreamCall<T> extends CommonCall {
	readonly answer: 'stream';
	readonly parse: (stream: ByteStream, headers: Headers) => Promise<ParseResult<T>>;
}

export type Call<T> = TextCall<T> | StreamCall<T>;

/** How long and how often a read may be tried. */
export type ReadLimits = Pick<
	CommonCall,
	'maxAttempts' | 'maxLastingAttempts' | 'deadline' | 'minTimeoutMs' | 'totalTimeoutMs'
>;
