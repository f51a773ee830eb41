import type { INodeProperties } from 'n8n-workflow';

import { listDeployments } from '../../../core/api/deploymentInfo';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';
import { limitFields, readLimit } from '../form/limitFields';
import { requireText } from '../form/parameters';

const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{
			displayName: 'Service',
			name: 'deployment_service',
			type: 'string',
			default: '',
			placeholder: 'e.g. llm',
			description: 'Only deployments of this type, under MonsterAPI’s own name for it',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'string',
			default: '',
			placeholder: 'e.g. live',
			description: 'Only deployments with this status, under MonsterAPI’s own name for it',
		},
	],
};

export const getMany: Operation = {
	name: 'Get Many',
	action: 'Get many deployments',
	description: 'List the account’s deployments. Without any, there is no output item.',
	fields: [...limitFields, filtersField],
	async execute({ client, parameters }) {
		const filters = parameters.collection('filters', 'Filters');
		const limit = readLimit(parameters);
		const deployments = await listDeployments(client, {
			status: requireText(filters['status'], 'Status').trim(),
			deployment_service: requireText(filters['deployment_service'], 'Service').trim(),
		});
		return deployments.slice(0, limit).map(({ raw }) => ({ json: toJson(raw) }));
	},
};
