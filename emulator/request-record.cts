/** One request as it arrived. The key itself is never kept. */
export interface RequestRecord {
	/** Arrival by the emulator's clock, in milliseconds. */
	readonly at: number;
	readonly method: string;
	/** With the query. */
	readonly path: string;
	readonly headers: {
		/** Whether there was an Authorization header. */
		readonly authorization: boolean;
		readonly contentType: string | undefined;
		readonly contentLength: number | undefined;
		readonly transferEncoding: string | undefined;
		readonly userAgent: string | undefined;
	};
	/** Requests to the API open at arrival, this one included. */
	readonly openAtOnce: number;
	/** File transfers open at arrival, this one included. */
	readonly transfersAtOnce: number;
	/** 0 until answered, and for ever when it was never answered. */
	status: number;
	/** Size of the body so far, in bytes. */
	bytesReceived: number;
}

/** A request with its body, for an observer in the same process. */
export interface ObservedRequest {
	readonly method: string;
	/** With the query. */
	readonly path: string;
	readonly authorization: boolean;
	readonly contentType: string | undefined;
	/** Undefined when the request broke off. */
	readonly body: Buffer | undefined;
}
