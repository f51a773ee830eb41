import type { FastifyInstance } from 'fastify';

import { HttpError } from '../http-error.cjs';
import type { State } from '../state.cjs';

/** GET /v1/models: not in MonsterAPI's documentation, but a gateway has it. Without the setting it is not there. */
export function modelList(app: FastifyInstance, state: State): void {
	app.get('/v1/models', () => {
		const { models } = state.settings;
		if (!models) throw new HttpError(404, 'Not found');
		return { object: 'list', data: models };
	});
}
