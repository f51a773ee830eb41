import type { FastifyInstance } from 'fastify';

import type { State } from './state.cjs';

/** Without a set key this one is refused, so that a wrong key can be tried out. */
const refusedKey = 'wrong-key';

/** Asks for a bearer token on every call of the API; files and the control endpoint need none. */
export function auth(app: FastifyInstance, state: State): void {
	app.addHook('onRequest', (request, reply, done) => {
		if (!request.url.startsWith('/v1/') || accepts(state, request.headers.authorization)) {
			return done();
		}
		void reply.code(401).send({ message: 'Unauthorised' });
	});
}

function accepts({ apiKey }: State, header: string | undefined): boolean {
	const key = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
	if (key === undefined) return false;
	return apiKey === undefined ? key !== refusedKey : key === apiKey;
}
