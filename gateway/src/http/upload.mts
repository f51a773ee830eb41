import type { FastifyInstance } from 'fastify';
import { extensionOf } from '../files/file-name.mts';
import { baseUrlOf } from './base-url.mts';
import { HttpError } from './http-error.mts';
import type { Services } from './services.mts';

/** GET /upload */
export function uploadRoutes(server: FastifyInstance, { config, links }: Services): void {
	server.get<{ Querystring: { filename?: string } }>('/upload', async (request) => {
		const name = request.query.filename;
		if (typeof name !== 'string' || extensionOf(name) === '') {
			throw new HttpError(400, "Invalid Payload: 'filename' with an extension is needed");
		}
		return links.create(baseUrlOf(config, request), name);
	});
}
