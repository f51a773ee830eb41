import type { FastifyInstance } from 'fastify';

import type { State } from './state.cjs';

/** Answers 429 to calls of the API beyond `settings.rateLimit`, counted over the time just gone by. */
export function rateLimit(app: FastifyInstance, state: State): void {
	app.addHook('onRequest', (request, reply, done) => {
		if (!request.url.startsWith('/v1/') || withinLimit(state)) {
			done();
			return;
		}
		const { retryAfter } = state.settings;
		if (retryAfter) void reply.header('retry-after', retryAfter);
		void reply.code(429).send({ message: 'Quota Exceeded' });
	});
}

function withinLimit(state: State): boolean {
	const { rateLimit: limit } = state.settings;
	if (!limit) return true;
	const now = state.now();
	state.recentRequests = state.recentRequests.filter((at) => at > now - limit.perMs);
	if (state.recentRequests.length >= limit.requests) return false;
	state.recentRequests.push(now);
	return true;
}
