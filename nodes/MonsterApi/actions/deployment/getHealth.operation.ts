import { getHealth as fetchHealth } from '../../../core/api/deploymentInfo';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';

export const getHealth: Operation = {
	name: 'Get Health',
	action: 'Get the health of the deployment service',
	description: 'Check whether MonsterAPI’s deployment service is available',
	fields: [],
	execute: async ({ client }) => ({ json: toJson(await fetchHealth(client)) }),
};
