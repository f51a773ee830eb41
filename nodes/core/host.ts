/**
 * Everything that core needs from the platform it runs on. The nodes pass n8n's helpers (`nodes/host`), the tests a
 * scripted transport and a virtual clock.
 */
export interface Host<Stored = unknown> {
	/** Sends one request. Never rejects: failures are part of the result. Settles within `timeoutMs`. */
	request(request: HttpRequest): Promise<HttpResult>;
	/** Resolves after `ms` milliseconds; rejects with `CancelledError` as soon as the signal fires. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Milliseconds on a monotonic clock: for durations and deadlines. */
	now(): number;
	/** Milliseconds since 1970, for dates exchanged with others; the clock may be set back. */
	wallClock(): number;
	/** Uniformly distributed in [0, 1). */
	random(): number;
	/** Fires when the execution is cancelled: from then on nothing may be sent. */
	readonly signal: AbortSignal;
	/**
	 * Opens a binary file, given as the name of the input item's field or as the platform's own object; rejects with the
	 * platform's own message if there is none.
	 */
	openFile(itemIndex: number, binary: unknown): Promise<SourceFile>;
	/** Stores a stream, or bytes, as a binary file; rejects when the stream breaks or the disk is full. */
	saveFile(content: ByteStream | Uint8Array, file: FileLabel): Promise<Stored>;
	/** Writes a line to the platform's log. Must not be given a secret. */
	log(message: string, details: Readonly<Record<string, string | number>>): void;
}

export type ByteStream = NodeJS.ReadableStream & { destroy(reason?: Error): unknown };

export interface FileLabel {
	readonly name: string;
	readonly mimeType: string;
}

export interface SourceFile extends FileLabel {
	/** The exact number of bytes. */
	readonly size: number;
	/** The whole content: for small files only. */
	read(): Promise<Uint8Array>;
	/** A fresh stream from the first byte, once per attempt; the bytes themselves if they are in memory. */
	open(): Promise<ByteStream | Uint8Array>;
}

export interface HttpRequest {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	readonly url: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: RequestBody;
	/** Milliseconds until the response headers, and for `text` the body too, must have arrived. */
	readonly timeoutMs: number;
	readonly answer: 'text' | 'stream';
	/** How many bytes of a `text` answer are read at most, decompressed. */
	readonly maxBytes: number;
	/** Whether to send the account's API key: only ever to the API itself. */
	readonly authenticated: boolean;
	/** A token to send instead of the account's API key. */
	readonly bearer?: string;
	/** Whether to accept a certificate that cannot be verified. */
	readonly allowInvalidCertificate?: boolean;
	/** Aborts the request; a platform may support only the execution's own signal for authenticated requests. */
	readonly signal: AbortSignal;
	/** Whether to send it although the execution has been cancelled: only `signal` aborts it. */
	readonly ignoresCancellation?: boolean;
}

export type RequestBody =
	| { readonly kind: 'json'; readonly value: unknown }
	| {
			readonly kind: 'form';
			readonly fields: Readonly<Record<string, string>>;
			readonly file: FileLabel & { readonly parameter: string; readonly bytes: Uint8Array };
	  }
	| {
			readonly kind: 'file';
			/** Core sends it in chunks. */
			readonly content: ByteStream | Uint8Array | AsyncIterable<Uint8Array>;
			/** The exact number of bytes. */
			readonly size: number;
			readonly mimeType: string;
	  };

/** The response headers that core reads. */
export const knownHeaders = [
	'content-encoding',
	'content-length',
	'content-type',
	'location',
	'retry-after',
] as const;

export type Headers = Readonly<Partial<Record<(typeof knownHeaders)[number], string>>>;

export type HttpResult =
	| {
			readonly kind: 'text';
			readonly status: number;
			readonly headers: Headers;
			readonly text: string;
	  }
	| {
			readonly kind: 'stream';
			readonly status: number;
			readonly headers: Headers;
			readonly stream: ByteStream;
	  }
	/** A `text` answer with more than `maxBytes`, which was not read to its end. */
	| { readonly kind: 'tooLarge'; readonly status: number; readonly headers: Headers }
	| NetworkError
	| { readonly kind: 'cancelled' };

/** No response arrived. */
export interface NetworkError {
	readonly kind: 'networkError';
	/** `no`: no connection was made, so the server definitely has not received the request. */
	readonly reached: 'no' | 'maybe';
	/** Whether the same request may succeed a little later. */
	readonly transient: boolean;
	/** The platform's code, such as `ECONNRESET`. */
	readonly code: string;
}

/** The execution was cancelled, or the batch that the task belongs to has ended. */
export class CancelledError extends Error {
	constructor() {
		super('The execution was stopped');
		this.name = 'CancelledError';
	}
}
