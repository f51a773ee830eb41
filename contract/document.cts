import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** What a property takes when it is a file; README.md, `x-file`. */
export interface FileRule {
	/** Lower case, without the dot. */
	readonly extensions: readonly string[];
	readonly maxBytes: number;
	/** The boolean that makes the model read the file. */
	readonly enabledBy?: string;
}

/** As much of JSON Schema as is read here; ajv reads the rest. */
export interface Schema {
	readonly type?: string | readonly string[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly enum?: readonly unknown[];
	readonly pattern?: string;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly default?: unknown;
	readonly examples?: readonly unknown[];
	readonly 'x-loose-types'?: boolean;
	readonly 'x-file'?: FileRule;
}

interface MediaType {
	readonly schema: Schema;
	readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Content {
	readonly content?: Readonly<Record<string, MediaType>>;
}

interface Parameter {
	readonly name: string;
	readonly in: 'path' | 'query';
	readonly required?: boolean;
	readonly schema: Schema;
}

interface PathOperation {
	readonly operationId: string;
	readonly tags?: readonly string[];
	readonly security?: readonly object[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: Content;
	readonly responses: Readonly<Record<string, Content>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
type PathItem = Readonly<Partial<Record<(typeof methods)[number], PathOperation>>>;

interface OpenApi {
	readonly tags: ReadonlyArray<{ readonly name: string }>;
	readonly paths: Readonly<Record<string, PathItem>>;
	readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One call of the API. */
export interface Operation extends PathOperation {
	/** Upper case. */
	readonly method: string;
	/** Below the base URL, such as `/status/{process_id}`. */
	readonly path: string;
	/** The parameters of each place as the properties of an object, whose values come as text. */
	readonly parameterSchemas: Readonly<Record<Parameter['in'], Schema>>;
}

/** The contract with every `$ref` replaced by what it points to; keywords beside a `$ref` win. */
export const document: OpenApi = inlined(
	parse(readFileSync(path.join(__dirname, 'openapi.yaml'), 'utf8')) as object,
);

function inlined(root: object): OpenApi {
	const target = (pointer: string): object => {
		const keys = pointer.slice(2).split('/');
		const found = keys.reduce<unknown>(
			(node, key) => new Map(Object.entries(node ?? {})).get(key),
			root,
		);
		if (typeof found !== 'object' || found === null) throw new Error(`Nothing is at ${pointer}`);
		return found;
	};
	const inline = (node: unknown): unknown => {
		if (typeof node !== 'object' || node === null || !('$ref' in node)) return node;
		const { $ref: pointer, ...own } = node;
		return inline({ ...target(String(pointer)), ...own });
	};
	// Values that a replacer returns are visited in turn, so references inside of them are replaced as well.
	return JSON.parse(JSON.stringify(root, (_key, node: unknown) => inline(node))) as OpenApi;
}

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(
	([pathTemplate, item]) =>
		methods.flatMap((method) => {
			const operation = item[method];
			if (operation === undefined) return [];
			const { parameters = [] } = operation;
			const parameterSchemas = {
				path: objectSchema(parameters.filter((parameter) => parameter.in === 'path')),
				query: objectSchema(parameters.filter((parameter) => parameter.in === 'query')),
			};
			return [{ ...operation, method: method.toUpperCase(), path: pathTemplate, parameterSchemas }];
		}),
);

function objectSchema(parameters: readonly Parameter[]): Schema {
	return {
		type: 'object',
		'x-loose-types': true,
		required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
		properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
	};
}

/** @throws Error when the contract has no operation of this name */
export function operationById(id: string): Operation {
	const found = operations.find(({ operationId }) => operationId === id);
	if (found === undefined) throw new Error(`The contract has no operation ${id}`);
	return found;
}

const routes = operations
	.map((operation) => ({
		operation,
		pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
	}))
	// A path without parameters wins over a template that it fits.
	.sort(
		(left, right) => left.operation.path.split('{').length - right.operation.path.split('{').length,
	);

export interface Match {
	readonly operation: Operation;
	/** Decoded path parameters. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** @param pathname below the base URL, without the query */
export function findOperation(method: string, pathname: string): Match | undefined {
	for (const { operation, pattern } of routes) {
		const match = operation.method === method ? pattern.exec(pathname) : null;
		if (match === null) continue;
		const parameters = Object.entries(match.groups ?? {}).map(
			([name, value]) => [name, decodeURIComponent(value)] as const,
		);
		return { operation, parameters: Object.fromEntries(parameters) };
	}
	return undefined;
}
