import type { INodeProperties } from 'n8n-workflow';

import { listDeployments } from '../../../core/api/deployments';
import { toJson } from '../../output/jobItem';
import type { Operation } from '../operation';
import { readNumber, requireText } from '../run/parameters';

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
			description: 'Only deployments of this kind, in the words of MonsterAPI',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'string',
			default: '',
			placeholder: 'e.g. live',
			description: 'Only deployments with this status, in the words of MonsterAPI',
		},
	],
};

export const getMany: Operation = {
	name: 'Get Many',
	action: 'Get many deployments',
	description: 'List the account’s deployments; none gives no item',
	fields: [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { returnAll: [false] } },
		},
		filtersField,
	],
	async execute({ client, parameters }) {
		const filters = parameters.record('filters', 'Filters');
		const limit = parameters.flag('returnAll', 'Return All', false)
			? Infinity
			: readNumber(parameters.text('limit', 'Limit'), 'Limit', 50, 1);
		const found = await listDeployments(client, {
			status: requireText(filters['status'], 'Status').trim(),
			deployment_service: requireText(filters['deployment_service'], 'Service').trim(),
		});
		return found.slice(0, limit).map(({ raw }) => ({ json: toJson(raw) }));
	},
};
