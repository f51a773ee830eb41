import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';

import { sendHalf } from './half-answer.cjs';
import type { State } from './state.cjs';

/** Something that goes wrong with the next requests that it fits. */
export interface Fault {
	/** Any method when left out. */
	method?: string;
	/** Start of the path, or a regular expression's source, tried on path and query. Any path when left out. */
	path?: string;
	/** How many requests it strikes; default 1. */
	times?: number;
	/** Answers this in place of the API. */
	status?: number;
	/** Text goes out as it is, anything else as JSON. Default: a message in the API's shape. */
	body?: unknown;
	contentType?: string;
	headers?: Record<string, string>;
	/** Waits so long before anything else. */
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
		delayMs: { type: 'number', minimum: 0 },
		drop: { enum: ['before', 'after', 'half', 'hang', 'mute'] },
	},
} as const;

/** Strikes requests with the faults of the state, first match first; the control endpoint is spared. */
export function faults(app: FastifyInstance, state: State): void {
	const struck = new WeakMap<FastifyRequest, Fault>();

	app.addHook('onRequest', (request, reply, done) => {
		const fault = request.url.startsWith('/control/') ? undefined : take(state, request);
		if (fault === undefined) return done();
		struck.set(request, fault);
		const timer = setTimeout(() => strike(fault, request, reply, done), fault.delayMs ?? 0);
		reply.raw.once('close', () => clearTimeout(timer));
	});

	app.addHook('onSend', (request, reply, payload, done) => {
		const drop = struck.get(request)?.drop;
		// In all three cases `done` is never called: the framework then leaves the answer alone.
		if (drop === 'after') request.raw.socket.destroy();
		else if (drop === 'half') breakOff(reply, payload);
		else if (drop !== 'mute') done(null, payload);
	});
}

function take(state: State, { method, url }: FastifyRequest): Fault | undefined {
	const index = state.faults.findIndex(
		(fault) =>
			(fault.method === undefined || fault.method.toUpperCase() === method) &&
			(fault.path === undefined || url.startsWith(fault.path) || new RegExp(fault.path).test(url)),
	);
	const fault = state.faults[index];
	if (fault === undefined) return undefined;
	const times = (fault.times ?? 1) - 1;
	if (times > 0) state.faults[index] = { ...fault, times };
	else state.faults.splice(index, 1);
	return fault;
}

function strike(
	fault: Fault,
	request: FastifyRequest,
	reply: FastifyReply,
	done: () => void,
): void {
	if (fault.drop === 'hang') return;
	if (fault.drop === 'before') {
		request.raw.socket.destroy();
	} else if (fault.drop === 'after' || fault.drop === 'mute' || fault.status === undefined) {
		done();
	} else {
		const { status } = fault;
		const answer = () => void refuse(fault, status, reply);
		// An answer before the body has come would meet a client that is still writing, and be lost as often as not.
		if (request.raw.readableEnded || !hasBody(request)) answer();
		else request.raw.resume().once('end', answer);
	}
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
	Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

function refuse(fault: Fault, status: number, reply: FastifyReply): FastifyReply {
	const { body = { message: `[emulated] fault ${status}` } } = fault;
	const isText = typeof body === 'string';
	return (
		reply
			.code(status)
			.type(fault.contentType ?? (isText ? 'text/plain' : 'application/json'))
			.headers(fault.headers ?? {})
			// Serialised here: the framework passes text through, whatever the content type says.
			.send(isText ? body : JSON.stringify(body))
	);
}

function breakOff(reply: FastifyReply, payload: unknown): void {
	const { raw, statusCode } = reply;
	const headers = reply.getHeaders();
	if (payload instanceof Readable) {
		sendHalf(raw, statusCode, headers, Number(headers['content-length'] ?? 0), payload);
	} else {
		const bytes = Buffer.from(
			typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : '',
		);
		sendHalf(raw, statusCode, headers, bytes.length, [bytes]);
	}
}
