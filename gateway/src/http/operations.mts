import type { FastifyInstance } from 'fastify';
import type { Services } from './services.mts';

/** /healthz: the process lives. /readyz: it can take jobs. /metrics: for Prometheus. */
export function operationRoutes(server: FastifyInstance, services: Services): void {
	const { database, engines, metrics } = services;

	server.get('/healthz', { logLevel: 'warn' }, async () => ({ status: 'ok' }));

	server.get('/readyz', { logLevel: 'warn' }, async (_request, reply) => {
		const store = await database.query('SELECT 1').then(
			() => true,
			() => false,
		);
		const states = [...engines.values()].map((runtime) => runtime.breaker.state);
		const ready = store && (states.length === 0 || states.some((state) => state !== 'open'));
		const answer = { status: ready ? 'ready' : 'not ready', store, engines: engineStates() };
		return await reply.code(ready ? 200 : 503).send(answer);
	});

	server.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
		return await reply.type(metrics.contentType).send(await metrics.text());
	});

	function engineStates(): Record<string, string> {
		return Object.fromEntries(
			[...engines.values()].map(({ name, breaker }) => [name, breaker.state]),
		);
	}
}
