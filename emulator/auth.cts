import type { FastifyInstance } from 'fastify';

import type { State } from './state.cjs';

/** Rejected if no key is set, so that a wrong key can be tried out. */
const rejectedKey = 'wrong-key';

/**
 * Asks for the account's key on every call of the API but the health check. Files and the control endpoint need none,
 * and a deployment has a token of its own.
 */
export function auth(app: FastifyInstance, state: State): void {
	app.addHook('onRequest', (request, reply, done) => {
		const { url, headers } = request;
		const isOpen = !url.startsWith('/v1/') || /^\/v1\/deploy\/health(\?|$)/.test(url);
		if (isOpen || accepts(state, headers.authorization)) done();
		else void reply.code(401).send({ message: 'Unauthorised' });
	});
}

function accepts({ apiKey }: State, header: string | undefined): boolean {
	const key = bearerToken(header);
	if (key === undefined) return false;
	return apiKey === undefined ? key !== rejectedKey : key === apiKey;
}

/** The token of an Authorization header, or undefined when there is none. */
export const bearerToken = (header: string | undefined): string | undefined =>
	/^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
