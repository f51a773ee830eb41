import type { INodeProperties } from 'n8n-workflow';

import type { Parameters } from './parameters';

/** How many entries a list operation returns. */
export const limitFields: readonly INodeProperties[] = [
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
];

/**
 * The number of entries that the form asks for, Infinity for all.
 * @throws MonsterApiError when the limit is not a number of at least 1
 */
export const readLimit = (parameters: Parameters): number =>
	parameters.flag('returnAll', 'Return All', false)
		? Infinity
		: parameters.number('limit', 'Limit', 50, 1);
