import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type {
	ICredentialType,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';

/** The built package. */
interface Package {
	readonly credentials: Readonly<Record<string, new () => ICredentialType>>;
	readonly nodes: Readonly<Record<string, new () => INodeType>>;
}

const project = path.resolve(__dirname, '../..');

type Entry = INodeProperties | INodePropertyCollection | INodePropertyOptions;

/** The names below a parameter: of a collection its fields, of a drop-down its values. */
const namesBelow = (prefix: string, entries: readonly Entry[]): string[] =>
	entries.flatMap((entry) => {
		if ('values' in entry) return namesOf(`${prefix}.${entry.name}`, entry.values);
		return 'type' in entry ? namesOf(prefix, [entry]) : [`${prefix} = ${String(entry.value)}`];
	});

const namesOf = (prefix: string, properties: readonly INodeProperties[]): string[] =>
	properties.flatMap((property) => {
		// A text, which has no value.
		if (property.type === 'notice') return [];
		const { resource, operation } = property.displayOptions?.show ?? {};
		const place = [resource, operation].flatMap((shown) => shown?.map(String) ?? []).join('.');
		const name = [prefix, place, property.name].filter(Boolean).join('.');
		return [name, ...namesBelow(name, property.options ?? [])];
	});

/** The keys of an output schema, nested ones included. */
function outputFields(prefix: string, schema: Readonly<Record<string, unknown>>): string[] {
	const { properties, items } = schema as {
		properties?: Record<string, Record<string, unknown>>;
		items?: Record<string, unknown>;
	};
	return [
		...(items === undefined ? [] : outputFields(`${prefix}[]`, items)),
		...Object.entries(properties ?? {}).flatMap(([key, below]) => {
			const name = `${prefix}.${key}`;
			return [name, ...outputFields(name, below)];
		}),
	];
}

const outputNames = (): string[] =>
	readdirSync(path.join(project, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.includes('__schema__') && file.endsWith('.json'))
		.flatMap((file) => {
			const [operation = '', resource = ''] = file
				.slice(0, -'.json'.length)
				.split(path.sep)
				.reverse();
			const schema = JSON.parse(readFileSync(path.join(project, 'nodes', file), 'utf8')) as object;
			return outputFields(`output of ${resource}.${operation}`, { ...schema });
		});

/** All names of the built package that saved workflows and expressions hold, sorted, each once. */
export function publicNames(): string[] {
	const { credentials, nodes } = createRequire(__filename)(project) as Package;
	return [
		...new Set([
			...Object.values(credentials).flatMap((Credential) => {
				const { name, properties } = new Credential();
				return namesOf(`credential ${name}`, properties);
			}),
			...Object.values(nodes).flatMap((Node) => {
				const { name, properties } = new Node().description;
				return namesOf(`node ${name}`, properties);
			}),
			...outputNames(),
		]),
	].sort();
}
