import type { FastifyInstance } from 'fastify';

import { replayCallbacks } from '../webhook/callback.cjs';
import { sendOut, type Answer, type Outgoing } from '../webhook/outgoing.cjs';
import { HttpError } from '../http-error.cjs';
import type { State } from '../state.cjs';

/** A callback that no job made. */
interface ForgedCallback {
	/** Where to; or `url_name`, a registered webhook. */
	url?: string;
	url_name?: string;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent as it is, instead of `body`. */
	rawBody?: string;
	/** `none` leaves it out. Default: application/json where there is a body. */
	contentType?: string;
	headers?: Record<string, string>;
	/** Default POST. */
	method?: string;
	/** Default 1. */
	times?: number;
	/** How many are in flight at once; default 1. */
	concurrency?: number;
}

/** JSON schema of a forged callback. */
const forgedCallbackSchema = {
	type: 'object',
	additionalProperties: false,
	properties: {
		url: { type: 'string', pattern: '^https?://' },
		url_name: { type: 'string' },
		body: {},
		rawBody: { type: 'string' },
		contentType: { type: 'string' },
		headers: { type: 'object', additionalProperties: { type: 'string' } },
		method: { type: 'string' },
		times: { type: 'integer', minimum: 1, maximum: 10_000 },
		concurrency: { type: 'integer', minimum: 1, maximum: 1000 },
	},
	oneOf: [{ required: ['url'] }, { required: ['url_name'] }],
	not: { required: ['body', 'rawBody'] },
} as const;

const replaySchema = {
	type: 'object',
	additionalProperties: false,
	required: ['process_id'],
	properties: { process_id: { type: 'string' } },
} as const;

/** Long enough for a receiver that does its work before it answers. */
const timeoutMs = 60_000;

/** /control: the callbacks so far, replayed and forged callbacks. */
export function callbackControl(app: FastifyInstance, state: State): void {
	app.get('/control/callbacks', () => state.callbacks);

	app.post<{ Body: { process_id: string } }>(
		'/control/callbacks/replay',
		{ schema: { body: replaySchema } },
		async (request) => {
			const job = state.jobs.get(request.body.process_id);
			if (job === undefined) throw new HttpError(404, 'Not Found: no such process');
			if (!state.webhooks.has(job.webhookName ?? '')) {
				throw new HttpError(400, 'The job has no webhook');
			}
			return await replayCallbacks(state, job);
		},
	);

	app.post<{ Body: ForgedCallback }>(
		'/control/callback',
		{ schema: { body: forgedCallbackSchema } },
		async (request) => {
			const { times = 1, concurrency = 1 } = request.body;
			const outgoing = forge(state, request.body);
			const { signal } = state.outbox;
			const answers: Answer[] = [];
			let left = times;
			const worker = async () => {
				while (left > 0 && !signal.aborted) {
					left -= 1;
					answers.push(await sendOut(outgoing, { timeoutMs, signal }));
				}
			};
			await Promise.all(Array.from({ length: Math.min(times, concurrency) }, worker));
			return answers;
		},
	);
}

function forge(state: State, forged: ForgedCallback): Outgoing {
	const { url_name: name = '', method = 'POST', rawBody, headers } = forged;
	const url = forged.url ?? state.webhooks.get(name)?.webhook_url;
	if (url === undefined) throw new HttpError(404, `Not Found: no webhook is registered as ${name}`);
	const body = rawBody ?? ('body' in forged ? JSON.stringify(forged.body) : undefined);
	const type = forged.contentType ?? (body === undefined ? 'none' : 'application/json');
	return {
		url,
		method,
		headers: { ...(type === 'none' ? {} : { 'content-type': type }), ...headers },
		...(body === undefined ? {} : { body }),
	};
}
