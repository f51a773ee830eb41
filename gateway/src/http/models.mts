import type { FastifyInstance } from 'fastify';
import type { Services } from './services.mts';

/** GET /models: what this key can use here. `object` is what OpenAI clients look for. */
export function modelRoutes(server: FastifyInstance, { config }: Services): void {
	server.get('/models', async (request) => {
		const allowed = request.apiKey.models;
		const models = Object.entries(config.models).filter(([id]) => allowed?.includes(id) ?? true);
		return {
			object: 'list',
			data: models.map(([id, { family, label }]) => ({ id, object: 'model', family, label })),
		};
	});
}
