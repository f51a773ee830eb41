import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.mts';

/** Not 501: there it means that a deployment is still starting, and clients wait it out. */
export function deployRoutes(server: FastifyInstance): void {
	for (const prefix of ['/deploy', '/finetune']) {
		server.all(`${prefix}/*`, async () => {
			throw new HttpError(404, 'This gateway does not offer deployments or fine-tuning yet');
		});
	}
}
