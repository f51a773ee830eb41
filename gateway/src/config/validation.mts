import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { closest } from 'fastest-levenshtein';
import { ConfigError } from './config.mts';

const ajv = new Ajv2020({
	allErrors: false,
	allowUnionTypes: true,
	verbose: true,
	// The schemas are the program's own and tested: checking them would cost a tenth of each start.
	validateSchema: false,
	meta: false,
});

export function compile<T>(schema: object): ValidateFunction<T> {
	return ajv.compile<T>(schema);
}

/**
 * Returns `value` when it passes.
 * @throws ConfigError naming the key, `path` being where `value` is in the file
 */
export function validate<T>(check: ValidateFunction<T>, value: unknown, path: string): T {
	if (check(value)) return value;
	const error = check.errors?.[0];
	throw new ConfigError(error ? describe(error, path) : `${path}: not valid`);
}

function describe(error: ErrorObject, path: string): string {
	const inside = error.instancePath.split('/').slice(1).map(unescapePointer);
	const where = [path, ...inside].filter((part) => part !== '').join('.') || 'The configuration';
	if (error.keyword === 'additionalProperties') {
		const unknown = String(error.params['additionalProperty']);
		return `${where === 'The configuration' ? '' : `${where}.`}${unknown}: unknown key${nearest(unknown, propertiesOf(error.parentSchema))}`;
	}
	if (error.keyword === 'enum') {
		return `${where}: must be one of ${JSON.stringify(error.params['allowedValues'])}`;
	}
	if (error.keyword === 'pattern') {
		return `${where}: ${JSON.stringify(error.data)} does not have the expected form ${String(error.params['pattern'])}`;
	}
	return `${where}: ${error.message ?? 'not valid'}`;
}

/** `, did you mean 'slots'?`, with all known keys where none is near. */
export function nearest(word: string, known: readonly string[]): string {
	if (known.length === 0) return '';
	const guess = closest(word, [...known]);
	return `, did you mean '${guess}'? (known: ${known.join(', ')})`;
}

function propertiesOf(schema: unknown): string[] {
	if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return [];
	const { properties } = schema;
	return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function unescapePointer(part: string): string {
	return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
