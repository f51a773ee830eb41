import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import type { Fault } from './fault.cjs';
import { sendHalf } from './half-response.cjs';
import type { State } from './state.cjs';

/** Applies the first matching fault to each request, except those to the control endpoint. */
export function faults(app: FastifyInstance, state: State): void {
	const applied = new WeakMap<FastifyRequest, Fault>();

	app.addHook('onRequest', (request, reply, done) => {
		const fault = request.url.startsWith('/control/') ? undefined : takeFault(state, request);
		if (fault === undefined) {
			done();
			return;
		}
		applied.set(request, fault);
		const timer = setTimeout(() => apply(fault, request, reply, done), fault.delayMs ?? 0);
		reply.raw.once('close', () => clearTimeout(timer));
	});

	app.addHook('onSend', (request, reply, payload, done) => {
		const drop = applied.get(request)?.drop;
		// In all three cases `done` is never called: the framework then leaves the answer alone.
		if (drop === 'after') request.raw.socket.destroy();
		else if (drop === 'half') breakOff(reply, payload);
		else if (drop !== 'mute') done(null, payload);
	});
}

function takeFault(state: State, { method, url }: FastifyRequest): Fault | undefined {
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

function apply(fault: Fault, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
	if (fault.drop === 'hang') return;
	if (fault.drop === 'before') {
		request.raw.socket.destroy();
	} else if (fault.drop === 'after' || fault.drop === 'mute' || fault.status === undefined) {
		done();
	} else {
		const { status } = fault;
		const answer = () => void answerWith(fault, status, reply);
		// An answer before the body has come would meet a client that is still writing, and be lost as often as not.
		if (request.raw.readableEnded || !hasBody(request)) answer();
		else request.raw.resume().once('end', answer);
	}
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
	Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

function answerWith(fault: Fault, status: number, reply: FastifyReply): FastifyReply {
	const { body = { message: `[emulated] fault ${status}` } } = fault;
	const isText = typeof body === 'string';
	reply
		.code(status)
		.type(fault.contentType ?? (isText ? 'text/plain' : 'application/json'))
		.headers(fault.headers ?? {});
	// Serialised here: the framework passes text through, whatever the content type says.
	const text = isText ? body : JSON.stringify(body);
	return fault.gzipBytes === undefined
		? reply.send(text)
		: reply.header('content-encoding', 'gzip').send(compressed(text, fault.gzipBytes));
}

/** A text that stays the same JSON, however many bytes it is to have. */
const compressed = (text: string, bytes: number): Buffer =>
	gzipSync(Buffer.from(text.padStart(bytes)));

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
