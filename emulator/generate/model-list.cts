import type { FastifyInstance } from 'fastify';

import { HttpError } from '../http-error.cjs';
import type { State } from '../state.cjs';

/** A model as a gateway names it. */
export interface ListedModel {
	readonly id: string;
	readonly family: string;
	readonly label: string;
}

export const listedModelsSchema = {
	type: 'array',
	nullable: true,
	items: {
		type: 'object',
		required: ['id', 'family', 'label'],
		additionalProperties: false,
		properties: {
			id: { type: 'string' },
			family: { type: 'string' },
			label: { type: 'string' },
		},
	},
} as const;

/** GET /v1/models: not in MonsterAPI's documentation, but a gateway has it. Without the setting it is not there. */
export function modelList(app: FastifyInstance, state: State): void {
	app.get('/v1/models', () => {
		const { models } = state.settings;
		if (!models) throw new HttpError(404, 'Not found');
		return { object: 'list', data: models };
	});
}
