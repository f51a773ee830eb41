/** Something that goes wrong with the next requests that it fits. */
export interface Fault {
	/** Any method when left out. */
	method?: string;
	/** Start of the path, or a regular expression's source, tried on path and query. Any path when left out. */
	path?: string;
	/** How many requests it applies to; default 1. */
	times?: number;
	/** Status to answer with, instead of the API's own answer. */
	status?: number;
	/** Text goes out as it is, anything else as JSON. Default: a message in the API's shape. */
	body?: unknown;
	contentType?: string;
	headers?: Record<string, string>;
	/** With `status`: the body is preceded by blanks up to this many bytes, and sent as gzip. */
	gzipBytes?: number;
	/** Delay before anything else, in milliseconds. */
	delayMs?: number;
	/**
	 * before: the connection is closed and nothing happens. after: the request is carried out, then the connection is
	 * closed without an answer. half: the answer breaks off in its middle. hang: nothing happens, and no answer ever
	 * comes. mute: the request is carried out, and no answer ever comes.
	 */
	drop?: 'before' | 'after' | 'half' | 'hang' | 'mute';
}

/** JSON schema of a fault set by HTTP. */
export const faultSchema = {
	type: 'object',
	additionalProperties: false,
	properties: {
		method: { type: 'string' },
		path: { type: 'string', format: 'regex' },
		times: { type: 'integer', minimum: 1 },
		status: { type: 'integer', minimum: 200, maximum: 599 },
		body: {},
		contentType: { type: 'string' },
		headers: { type: 'object', additionalProperties: { type: 'string' } },
		gzipBytes: { type: 'integer', minimum: 0 },
		delayMs: { type: 'number', minimum: 0 },
		drop: { enum: ['before', 'after', 'half', 'hang', 'mute'] },
	},
} as const;
