import addFormats from 'ajv-formats';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';

import type { Schema } from './document.cjs';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, verbose: true });
addFormats(ajv);
ajv.addVocabulary(['x-status', 'x-loose-types', 'x-file']);

/**
 * Compiles a schema in ajv's strict mode, once for each schema object.
 * @throws Error when the schema has an unknown keyword or contradicts itself
 */
export const compile = (schema: object): ValidateFunction => ajv.compile(schema);

/** One sentence for each thing that is wrong with a value; none if it fits. */
export function problemsOf(schema: Schema, value: unknown): readonly string[] {
	const validate = compile(schema);
	return validate(value) ? [] : describeAll(validate.errors ?? []);
}

type ValidationError = Pick<
	ErrorObject,
	'keyword' | 'instancePath' | 'message' | 'params' | 'parentSchema'
>;

/** One sentence for each of ajv's errors, without repetitions. */
export const describeAll = (errors: readonly ValidationError[]): readonly string[] => [
	// `if` and `anyOf` only sum up the errors of their branches.
	...new Set(errors.filter(({ keyword }) => !/^(if|anyOf)$/.test(keyword)).map(describe)),
];

function describe({
	keyword,
	instancePath,
	message = 'is wrong',
	params,
	parentSchema = {},
}: ValidationError): string {
	const name = instancePath.slice(1).replaceAll('/', '.');
	const subject = name === '' ? 'the body' : name;
	if (keyword === 'required') {
		return `${[name, params['missingProperty']].filter((part) => part !== '').join('.')} is required`;
	}
	if (parentSchema['x-file'] !== undefined) return `${name} must be a file or an http(s) URL`;
	if (keyword === 'enum') {
		return `${subject} must be one of ${[params['allowedValues']].flat().join(', ')}`;
	}
	if (keyword === 'additionalProperties') {
		return `${subject} must not have ${String(params['additionalProperty'])}`;
	}
	const description: unknown = parentSchema['description'];
	// A pattern alone tells a reader little.
	const hint = keyword === 'pattern' && typeof description === 'string' ? ` (${description})` : '';
	return `${subject} ${message}${hint}`;
}
