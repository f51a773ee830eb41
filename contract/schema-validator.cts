import addFormats from 'ajv-formats';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';

import type { Schema } from './document.cjs';

/** Keywords of the contract that ajv only has to let pass. */
export const vendorKeywords = ['x-status', 'x-loose-types', 'x-file'];

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, verbose: true });
addFormats(ajv);
ajv.addVocabulary(vendorKeywords);

/** Compiled once for each schema object. */
export const compile = (schema: Schema): ValidateFunction => ajv.compile(schema);

/** One sentence for each thing that is wrong with a value; none if it fits. */
export function problemsOf(schema: Schema, value: unknown): readonly string[] {
	const validate = compile(schema);
	return validate(value) ? [] : [...new Set((validate.errors ?? []).flatMap(describe))];
}

/** One sentence about an error of ajv, or none where other errors say it better. */
export function describe({
	keyword,
	instancePath,
	message,
	params,
	parentSchema,
}: Pick<
	ErrorObject,
	'keyword' | 'instancePath' | 'message' | 'params' | 'parentSchema'
>): string[] {
	const name = instancePath.slice(1).replaceAll('/', '.');
	switch (keyword) {
		// These only sum up the errors of their branches.
		case 'if':
		case 'anyOf':
			return [];
		case 'required': {
			const missing = String(params['missingProperty']);
			return [`${name === '' ? missing : `${name}.${missing}`} is required`];
		}
		case 'enum':
			return [`${name} must be one of ${[params['allowedValues']].flat().join(', ')}`];
		default:
			if (parentSchema?.['x-file'] !== undefined) {
				return [`${name} must be a file or an http(s) URL`];
			}
			return [`${name === '' ? 'the body' : name} ${message ?? 'is wrong'}`];
	}
}
