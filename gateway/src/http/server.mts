import multipart from '@fastify/multipart';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { limitBodyTime } from './body-deadline.mts';
import { deployRoutes } from './deploy.mts';
import { handleErrors } from './error-handling.mts';
import { fileRoutes } from './files.mts';
import { maxBodyBytes } from './generate-body.mts';
import { generateRoutes } from './generate.mts';
import { HttpError } from './http-error.mts';
import { parseJsonBodies } from './json-body.mts';
import { modelRoutes } from './models.mts';
import { openAiRoutes } from './openai.mts';
import { operationRoutes } from './operations.mts';
import type { Services } from './services.mts';
import { statusRoutes } from './status.mts';
import { uploadRoutes } from './upload.mts';
import { webhookRoutes } from './webhook.mts';

const maxFields = 100;

/** How patient the server is with slow clients, in milliseconds. */
export interface ClientTimeouts {
	/** For the head of a request. */
	readonly headMs: number;
	/** For the whole body of an API call. */
	readonly bodyMs: number;
	/** For a pause in the transfer of a file, which may take as long as it needs. */
	readonly stallMs: number;
}

const defaultTimeouts: ClientTimeouts = { headMs: 30_000, bodyMs: 300_000, stallMs: 60_000 };

/** Polling would fill the log: what matters is logged where it happens. */
const quiet = new LogController({ disableRequestLogging: true });

export interface ServerOptions {
	readonly services: Services;
	readonly log: FastifyBaseLogger;
	/** An answer that does not fit the contract becomes an error; otherwise it is logged. For tests. */
	readonly strictAnswers: boolean;
	readonly timeouts?: ClientTimeouts;
}

export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
	const { headMs, bodyMs, stallMs } = options.timeouts ?? defaultTimeouts;
	const server = fastify({
		loggerInstance: options.log,
		logController: quiet,
		bodyLimit: maxBodyBytes,
		// Uploads may take any time; all other bodies have their deadline.
		requestTimeout: 0,
		http: { headersTimeout: headMs, connectionsCheckingInterval: headMs / 2 },
		keepAliveTimeout: 65_000,
		forceCloseConnections: 'idle',
		routerOptions: { maxParamLength: 500 },
	});
	handleErrors(server);
	limitBodyTime(server, bodyMs);
	operationRoutes(server, options.services);
	await server.register(async (files) => fileRoutes(files, options.services, stallMs), {
		prefix: '/files',
	});
	await server.register(async (api) => await apiRoutes(api, options), { prefix: '/v1' });
	return server;
}

/** Health and metrics only, for a worker. */
export function createOperationsServer(
	services: Services,
	log: FastifyBaseLogger,
): FastifyInstance {
	const server = fastify({ loggerInstance: log, logController: quiet });
	operationRoutes(server, services);
	return server;
}

async function apiRoutes(api: FastifyInstance, options: ServerOptions): Promise<void> {
	const { services } = options;
	await api.register(multipart, {
		limits: {
			fileSize: maxBodyBytes,
			files: 2,
			fields: maxFields,
			fieldSize: maxBodyBytes,
			headerPairs: 50,
		},
		// The plugin would parse a field of JSON, however deep: as a file it is left alone.
		isPartAFile: (_name, type, fileName) =>
			fileName !== undefined || !(type ?? 'text/plain').startsWith('text/'),
		throwFileSizeLimit: false,
	});
	parseJsonBodies(api);
	authenticate(api, services);
	checkAnswers(api, options);
	generateRoutes(api, services);
	statusRoutes(api, services);
	uploadRoutes(api, services);
	webhookRoutes(api, services);
	modelRoutes(api, services);
	openAiRoutes(api, services);
	deployRoutes(api);
	// Not the server's own: an unknown path asks for a key like all others.
	api.setNotFoundHandler(async () => {
		throw new HttpError(404, 'Not found');
	});
}

/** Before the body is read: whoever has no key cannot make the gateway read one. */
function authenticate(api: FastifyInstance, { keys, rateLimiter }: Services): void {
	api.decorateRequest('apiKey');
	api.addHook('onRequest', async (request) => {
		const key = keys.find(request.headers.authorization);
		if (key === undefined) throw new HttpError(401, 'Unauthorised');
		const waitMs = rateLimiter.acquire(key.name, key.rpm);
		if (waitMs > 0) throw new HttpError(429, 'Quota Exceeded', waitMs);
		request.apiKey = key;
	});
}

function checkAnswers(api: FastifyInstance, { services, strictAnswers }: ServerOptions): void {
	api.addHook('preSerialization', async (request, reply, payload) => {
		const path = request.routeOptions.url?.replace(/^\/v1/, '').replaceAll(/:(\w+)/g, '{$1}');
		if (path === undefined) return payload;
		const problem = services.contract.answerProblem(
			request.method,
			path,
			reply.statusCode,
			payload,
		);
		if (problem !== undefined) {
			request.log.error({ problem }, 'the answer does not fit the contract');
			if (strictAnswers) throw new Error(problem);
		}
		return payload;
	});
}
