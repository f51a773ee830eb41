import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Agent, request as send } from 'undici';
import type { Config } from '../config/config.mts';
import { HttpError } from './http-error.mts';
import { modelNotFound } from './model-not-found.mts';
import type { Services } from './services.mts';

/** A generation may send nothing for a long time; the client's patience is what counts. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
const passedBack = ['content-type', 'retry-after', 'x-request-id'];

/**
 * POST /chat/completions and /completions, passed through to the engine of the model, streaming
 * included. They are answered while the client waits and take no slot of the queue.
 */
export function openAiRoutes(server: FastifyInstance, services: Services): void {
	const { config, engines } = services;
	for (const path of ['/chat/completions', '/completions']) {
		server.post(path, async (request, reply) => {
			const body = asObject(request.body);
			const { engine, model } = findModel(config, request, body['model']);
			const target = engines.get(engine)?.engine.openai;
			if (target === undefined) {
				throw new HttpError(404, `The engine '${engine}' does not speak OpenAI's protocol`);
			}
			const abort = new AbortController();
			reply.raw.once('close', () => abort.abort());
			const answer = await send(`${target.baseUrl}${path}`, {
				method: 'POST',
				headers: { ...target.headers, 'content-type': 'application/json' },
				body: JSON.stringify(model === undefined ? body : { ...body, model }),
				signal: abort.signal,
				dispatcher: agent,
			}).catch((error: unknown) => {
				if (abort.signal.aborted) throw error;
				request.log.warn({ err: error, engine }, 'engine not reachable');
				throw new HttpError(502, `The engine '${engine}' cannot be reached at ${target.baseUrl}`);
			});
			for (const name of passedBack) {
				const value = answer.headers[name];
				if (value !== undefined) void reply.header(name, value);
			}
			return await reply.code(answer.statusCode).send(answer.body);
		});
	}
}

/** By MonsterAPI's id, or by the engine's own name for a configured model. */
function findModel(
	config: Config,
	request: FastifyRequest,
	wanted: unknown,
): { engine: string; model: string | undefined } {
	if (typeof wanted !== 'string') throw new HttpError(400, "Invalid Payload: 'model' is missing");
	const allowed = request.apiKey.models;
	const found = Object.entries(config.models)
		.filter(([, model]) => model.family === 'text')
		.find(([id, model]) => id === wanted || model.model === wanted);
	if (found === undefined) {
		throw modelNotFound(wanted, 'text');
	}
	const [id, model] = found;
	if (allowed !== undefined && !allowed.includes(id))
		throw new HttpError(403, `This key may not use '${id}'`);
	return { engine: model.engine, model: model.model };
}

function asObject(body: unknown): Record<string, unknown> {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		throw new HttpError(400, 'Invalid Payload: a JSON object is expected');
	}
	return Object.fromEntries(Object.entries(body));
}
