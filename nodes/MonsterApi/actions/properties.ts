import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import type { Operation } from './operation';
import { resources, type Resource } from './operations';

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

/** An operation's fields, shown only when it is chosen. */
const fieldsOf = (resource: string, operation: string, { fields }: Operation): INodeProperties[] =>
	fields.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	}));

const entries = Object.entries<Resource<string>>(resources);

/** The whole form of the node, made from the table of operations. */
export const properties: INodeProperties[] = [
	resourceField,
	...entries.map(([resource, entry]) => operationField(resource, entry)),
	...entries.flatMap(([resource, entry]) =>
		Object.entries(entry.operations).flatMap(([operation, definition]) =>
			fieldsOf(resource, operation, definition),
		),
	),
];
