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

/** No version of the node. */
const never = 0;

/**
 * n8n describes a tool to a language model by the action of its operation, which it takes from the first field with that
 * name, whether the form shows it or not. Form and node panel show fields for the node's version only, and so the short
 * action of the field above. n8n adds " in MonsterAPI".
 */
function toolOperationField(resource: string, entry: Resource<string>): INodeProperties {
	const field = operationField(resource, entry);
	return {
		...field,
		displayOptions: { show: { resource: [resource], '@version': [never] } },
		options: byName(
			Object.entries(entry.operations).map(([value, { name, description }]) => ({
				name,
				value,
				action: `${describeForAgent(resource, value)} Runs`,
				description,
			})),
		),
	};
}

const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = toolDescriptions;

/** Every operation has one: the table does not compile otherwise. */
const describeForAgent = (resource: string, operation: string): string =>
	texts[resource]?.[operation] ?? '';

/** An operation's fields, shown only if the operation is chosen. */
const fieldsOf = (resource: string, operation: string, { fields }: Operation): INodeProperties[] =>
	fields.map((field) => ({
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
	...entries.map(([resource, entry]) => toolOperationField(resource, entry)),
	...entries.map(([resource, entry]) => operationField(resource, entry)),
	...entries.flatMap(([resource, entry]) =>
		Object.entries(entry.operations).flatMap(([operation, definition]) =>
			fieldsOf(resource, operation, definition),
		),
	),
];
