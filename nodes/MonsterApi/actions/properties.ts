import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import type { Operation } from './operation';
import { resources, type Resource } from './operations';
import { toolDescriptions } from './toolDescriptions';

const byName = <T extends { name: string }>(entries: T[]): T[] =>
	entries.sort(alphabetically(({ name }) => name));

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	default: 'model',
	options: byName(
		Object.entries(resources).map(([value, { name, description }]) => ({
			name,
			value,
			description,
		})),
	),
};

const operationField = (
	resource: string,
	{ defaultOperation, operations }: Resource<string>,
): INodeProperties => ({
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: defaultOperation,
	displayOptions: { show: { resource: [resource] } },
	options: byName(
		Object.entries(operations).map(([value, { name, action, description }]) => ({
			name,
			value,
			action,
			description,
		})),
	),
});

const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = toolDescriptions;

/**
 * What a language model reads about an operation. With a field of this name, n8n adds none of its own, which would only
 * have the operation's action.
 */
function toolDescriptionField(resource: string, operation: string): INodeProperties {
	// Every operation has one: the table does not compile otherwise.
	const text = texts[resource]?.[operation] ?? '';
	return {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		default: text,
		typeOptions: { rows: 5 },
		description: 'What the language model reads about this tool',
		displayOptions: { show: { '@tool': [true] } },
	};
}

/** An operation's fields, shown only if the operation is chosen. */
const fieldsOf = (resource: string, operation: string, { fields }: Operation): INodeProperties[] =>
	[toolDescriptionField(resource, operation), ...fields].map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	}));

const entries = Object.entries<Resource<string>>(resources);

/** The whole form of the node, created from the table of operations. */
export const properties: INodeProperties[] = [
	resourceField,
	...entries.map(([resource, entry]) => operationField(resource, entry)),
	...entries.flatMap(([resource, entry]) =>
		Object.entries(entry.operations).flatMap(([operation, definition]) =>
			fieldsOf(resource, operation, definition),
		),
	),
];
