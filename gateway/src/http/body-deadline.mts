import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
	interface FastifyRequest {
		/** Cleared where a body may take as long as it needs. */
		bodyDeadline: NodeJS.Timeout | undefined;
	}
}

/** Cuts off every client that has not sent its body in time, be it that it has had its answer already. */
export function limitBodyTime(server: FastifyInstance, timeoutMs: number): void {
	server.decorateRequest('bodyDeadline', undefined);
	server.addHook('onRequest', async (request) => {
		const { raw } = request;
		const timer = setTimeout(() => {
			if (!raw.complete) raw.destroy();
		}, timeoutMs);
		timer.unref();
		request.bodyDeadline = timer;
		raw.once('close', () => clearTimeout(timer));
	});
}
