/**
 * All that MonsterAPI's core needs from the platform it runs on. The node gives it n8n's helpers (`nodes/host`), the
 * tests a scripted transport and a virtual clock.
 */
export interface Host<Stored = unknown> {
	/** Makes one exchange. Never rejects: what went wrong is told in the result. Settles within `timeoutMs`. */
	request(request: HttpRequest): Promise<HttpResult>;
	/** Resolves after `ms` milliseconds; rejects with `StoppedError` as soon as the signal fires. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Milliseconds on a clock that only moves forward as time does: for anything that lasts. */
	now(): number;
	/** The time of day in milliseconds since 1970, for dates that others give or read; it may be set back. */
	wallClock(): number;
	/** Evenly distributed in [0, 1). */
	random(): number;
	/** Fires when the execution is stopped: from then on nothing may leave. */
	readonly signal: AbortSignal;
	/**
	 * Opens a binary file, by the name of the input item's field or as the platform's own object; rejects with the
	 * platform's own message when there is none.
	 */
	openFile(itemIndex: number, binary: unknown): Promise<SourceFile>;
	/** Stores a stream as a binary file; rejects when the stream breaks or the disk is full. */
	saveFile(stream: ByteStream, file: FileLabel): Promise<Stored>;
	/** Writes a line to the platform's log. Never called with a secret. */
	log(message: string, details: Readonly<Record<string, string | number>>): void;
}

export type ByteStream = NodeJS.ReadableStream & { destroy(reason?: Error): unknown };

export interface FileLabel {
	readonly name: string;
	readonly mimeType: string;
}

export interface SourceFile extends FileLabel {
	/** Exact number of bytes. */
	readonly size: number;
	/** The whole content: for small files only. */
	read(): Promise<Uint8Array>;
	/** A fresh stream from the first byte, for as many attempts as it takes; the bytes where there is only memory. */
	open(): Promise<ByteStream | Uint8Array>;
}

export interface HttpRequest {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	readonly url: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: RequestBody;
	/** Milliseconds until the answer's headers must be there, and for `text` its body too. */
	readonly timeoutMs: number;
	readonly answer: 'text' | 'stream';
	/** Whether the account's key goes with the request: only ever to the API itself. */
	readonly authenticated: boolean;
	/** A key that goes with the request in place of the account's. */
	readonly bearer?: string;
	/** Whether a certificate that cannot be verified is accepted. */
	readonly allowInvalidCertificate?: boolean;
	/** Ends the exchange early; a platform may know only the execution's own stop for authenticated requests. */
	readonly signal: AbortSignal;
	/** Whether the exchange is made although the execution has been stopped: only `signal` ends it. */
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
			readonly content: ByteStream | Uint8Array;
			/** Exact number of bytes. */
			readonly size: number;
			readonly mimeType: string;
	  };

/** All that core reads of an answer's headers. */
export const knownHeaders = [
	'content-encoding',
	'content-length',
	'content-type',
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
	| NetworkError
	| { readonly kind: 'cancelled' };

/** No answer came. */
export interface NetworkError {
	readonly kind: 'networkError';
	/** `no`: the connection was never made, so the other side surely has not seen the request. */
	readonly reached: 'no' | 'maybe';
	/** Whether the same request may well succeed a little later. */
	readonly transient: boolean;
	/** The platform's code, such as `ECONNRESET`. */
	readonly code: string;
}

/** The execution was stopped, or the batch that this work belongs to has ended. */
export class CancelledError extends Error {
	constructor() {
		super('The execution was stopped');
		this.name = 'StoppedError';
	}
}
