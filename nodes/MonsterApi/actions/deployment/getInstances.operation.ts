import { listInstances } from '../../../core/api/deploymentInfo';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';

export const getInstances: Operation = {
	name: 'Get Instances',
	action: 'Get compute instances',
	description: 'List the machines that deployments can run on',
	fields: [],
	execute: async ({ client }) =>
		(await listInstances(client)).map((instance) => ({ json: toJson(instance) })),
};
