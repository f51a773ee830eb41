import { getHealth as fetchHealth } from '../../../core/api/deployments';
import { toJson } from '../../output/jobItem';
import type { Operation } from '../operation';

export const getHealth: Operation = {
	name: 'Get Health',
	action: 'Get the health of the deployment service',
	description: 'Ask whether MonsterAPI’s deployment service is well',
	fields: [],
	execute: async ({ client }) => ({ json: toJson(await fetchHealth(client)) }),
};
