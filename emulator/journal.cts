import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { State } from './state.cjs';

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
		readonly contentType?: string;
		readonly contentLength?: number;
		readonly transferEncoding?: string;
		readonly userAgent?: string;
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

/** Writes down every request, but for those to the control endpoint, and counts what is open at once. */
export function journal(app: FastifyInstance, state: State): void {
	app.addHook('onRequest', (request, reply, done) => {
		if (request.url.startsWith('/control/')) return done();
		const leave = enter(state, request);
		const entry = record(state, request);
		state.requests.push(entry);
		// Paused, so that listening here does not start the flow before the section reads the body.
		request.raw.pause();
		request.raw.on('data', (chunk: Buffer) => {
			entry.bytesReceived += chunk.length;
		});
		reply.raw.once('close', () => {
			leave();
			if (reply.raw.headersSent) entry.status = reply.raw.statusCode;
		});
		reply.raw.once('finish', () => {
			entry.status = reply.raw.statusCode;
		});
		done();
	});
}

/** Counts a request as open. Returns what ends that. */
function enter(state: State, request: FastifyRequest): () => void {
	const api = request.url.startsWith('/v1/') ? 1 : 0;
	const transfer = isTransfer(request) ? 1 : 0;
	state.openRequests += api;
	state.openTransfers += transfer;
	state.peakOpenRequests = Math.max(state.peakOpenRequests, state.openRequests);
	state.peakTransfers = Math.max(state.peakTransfers, state.openTransfers);
	return () => {
		state.openRequests -= api;
		state.openTransfers -= transfer;
	};
}

function isTransfer({ url, headers }: FastifyRequest): boolean {
	if (url.startsWith('/files/') || url.startsWith('/uploads/')) return true;
	const type = headers['content-type'] ?? '';
	return url.startsWith('/v1/generate/') && type.startsWith('multipart/form-data');
}

function record(state: State, { method, url, headers }: FastifyRequest): RequestRecord {
	const length = headers['content-length'];
	return {
		at: state.now(),
		method,
		path: url,
		headers: {
			authorization: headers.authorization !== undefined,
			contentType: headers['content-type'],
			contentLength: length === undefined ? undefined : Number(length),
			transferEncoding: headers['transfer-encoding'],
			userAgent: headers['user-agent'],
		},
		openAtOnce: state.openRequests,
		transfersAtOnce: state.openTransfers,
		status: 0,
		bytesReceived: 0,
	};
}
