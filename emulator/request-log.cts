import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ObservedRequest, RequestRecord } from './request-record.cjs';
import type { State } from './state.cjs';

/** Records every request, except those to the control endpoint, and counts what is open at once. */
export function requestLog(app: FastifyInstance, state: State): void {
	app.addHook('onRequest', (request, reply, done) => {
		if (request.url.startsWith('/control/')) {
			done();
			return;
		}
		const leave = enter(state, request);
		const entry = record(state, request);
		state.requests.push(entry);
		// Paused, so that listening here does not start the flow before the section reads the body.
		request.raw.pause();
		request.raw.on('data', (chunk: Buffer) => {
			entry.bytesReceived += chunk.length;
		});
		if (state.observer !== undefined && !isStorage(request))
			observe(request, reply, state.observer);
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

/** Reports a request once, as soon as its body has arrived: before its answer, if it is answered by a route. */
function observe(
	{ method, url, headers, raw }: FastifyRequest,
	reply: FastifyReply,
	observer: (request: ObservedRequest) => void,
): void {
	const chunks: Buffer[] = [];
	let reported = false;
	const report = (body: Buffer | undefined) => {
		if (reported) return;
		reported = true;
		const { authorization, 'content-type': contentType } = headers;
		observer({
			method,
			path: url,
			authorization: authorization !== undefined,
			contentType,
			body,
		});
	};
	const hasBody =
		Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
	if (!hasBody) report(Buffer.alloc(0));
	raw.on('data', (chunk: Buffer) => chunks.push(chunk));
	raw.once('end', () => report(Buffer.concat(chunks)));
	reply.raw.once('close', () => report(undefined));
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

const isStorage = ({ url }: FastifyRequest) =>
	url.startsWith('/files/') || url.startsWith('/uploads/');

function isTransfer(request: FastifyRequest): boolean {
	if (isStorage(request)) return true;
	const { url, headers } = request;
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
