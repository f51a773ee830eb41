import { getHealth as fetchHealth } from '../../../core/api/deploymentInfo';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';

export const getHealth: Operation = {
	name: 'Get Health',
	action: 'Get deployment service health',
	description: 'Check whether MonsterAPI’s deployment service is available',
	fields: [],
	execute: async ({ client }) => ({ json: toJson(await fetchHealth(client)) }),
};
