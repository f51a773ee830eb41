import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import type { OutputShape } from '../../../output/jobItem';
import type { Parameters } from './parameters';

/** The fields of results that a user can select. */
const selectable = {
	credit_used: 'Credits Used',
	model: 'Model',
	output: 'Output',
	segments: 'Segments',
	text: 'Text',
	texts: 'Texts',
} as const;

export type Selectable = keyof typeof selectable;

/** Hidden where an agent calls: it has Output instead. */
const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	displayOptions: { hide: { '@tool': [true] } },
};

const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'simplified',
	description: 'What the agent gets to read. Less of it saves tokens.',
	options: [
		{ name: 'Raw', value: 'raw', description: 'The response as MonsterAPI returns it' },
		{ name: 'Selected Fields', value: 'fields', description: 'Only the fields that you choose' },
		{ name: 'Simplified', value: 'simplified', description: 'The fields that matter' },
	],
	displayOptions: { show: { '@tool': [true] } },
};

/**
 * How the result is returned: the switch that n8n's nodes have, and for an agent the three ways that n8n's guidelines ask
 * for.
 * @param names the fields of the simplified result to select from
 */
export const outputFields = (...names: Selectable[]): INodeProperties[] => [
	simplifyField,
	outputField,
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'multiOptions',
		default: [],
		description:
			'The fields to return to the agent, beside the ID and the status, which are always returned',
		options: names
			.map((value) => ({ name: selectable[value], value }))
			.sort(alphabetically(({ name }) => name)),
		displayOptions: { show: { '@tool': [true], output: ['fields'] } },
	},
];

/**
 * How this item's form wants the result.
 * @throws MonsterApiError when a field is invalid
 */
export function readOutputShape(parameters: Parameters, calledByAgent: boolean): OutputShape {
	if (!calledByAgent) return { simplify: parameters.flag('simplify', 'Simplify', true) };
	const output = parameters.choice('output', 'Output', ['simplified', 'raw', 'fields']);
	return {
		simplify: output !== 'raw',
		...(output === 'fields' ? { fields: parameters.texts('fields', 'Fields') } : {}),
	};
}
