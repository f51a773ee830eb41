import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { modelsByFamily, type Family, type Model, type Parameter } from '../../../core/catalogue';
import { isEqual, merge, variantsByName } from '../../../core/catalogue/unknownModel';

/**
 * The "Model Parameters" collection of a family: each model shows its own parameters only. A parameter that differs
 * between models (another range or default, or none) has one field for each model, and one more for a model that the
 * catalogue does not know, and for an expression.
 */
export const parametersField = (family: Family): INodeProperties => ({
	...collection,
	displayName: 'Model Parameters',
	description: 'Only parameters that you add are sent. The model decides on all others.',
	options: sorted(
		[...variantsByName(modelsByFamily[family])].flatMap(([name, variants]) =>
			fieldsOf(name, variants, modelsByFamily[family]),
		),
	),
});

function fieldsOf(
	name: string,
	variants: readonly [Parameter, ...Parameter[]],
	models: readonly Model[],
): INodeProperties[] {
	const [first] = variants;
	const isSame = models.every(({ parameters: { [name]: own } }) => own && isEqual(own, first));
	if (isSame) return [parameterField(name, first)];
	return [
		...models.flatMap(({ id, parameters: { [name]: own } }) =>
			own === undefined ? [] : [{ ...parameterField(name, own), displayOptions: onlyFor(id) }],
		),
		{
			...parameterField(name, merge(variants)),
			displayOptions: { hide: { '/model': models.map(({ id }) => id) } },
		},
	];
}

/**
 * Not by `show`, which every expression meets, and by no regular expression: n8n gives those 250 ms, and ends the workflow
 * if a busy machine takes longer.
 */
const onlyFor = (id: string): IDisplayOptions => ({ hide: { '/model': [{ _cnd: { not: id } }] } });

/** A collection with a fixed set of parameters. */
export const parameterCollection = (
	displayName: string,
	parameters: Readonly<Record<string, Parameter>>,
): INodeProperties => ({
	...collection,
	displayName,
	description: 'Only parameters that you add are sent. MonsterAPI decides on all others.',
	options: sorted(
		Object.entries(parameters).map(([name, parameter]) => parameterField(name, parameter)),
	),
});

const collection = {
	name: 'parameters',
	type: 'collection',
	placeholder: 'Add parameter',
	default: {},
} as const;

const sorted = (fields: INodeProperties[]): INodeProperties[] =>
	fields.sort(alphabetically(({ displayName }) => displayName));

/** The form's field for one parameter of the catalogue. */
export function parameterField(name: string, parameter: Parameter): INodeProperties {
	const shared = { displayName: parameter.label, name, description: describe(parameter) };
	switch (parameter.type) {
		case 'integer':
		case 'number':
			if (parameter.values !== undefined) {
				return {
					...shared,
					type: 'options',
					default: parameter.default ?? '',
					options: parameter.values.map((value) => ({ name: String(value), value })),
				};
			}
			return {
				...shared,
				type: 'number',
				// No limits in the form, which would silently clamp a value to them. Validation reports it instead.
				...(parameter.type === 'integer' ? { typeOptions: { numberPrecision: 0 } } : {}),
				default: parameter.default ?? parameter.min ?? 0,
			};
		case 'boolean':
			return { ...shared, type: 'boolean', default: parameter.default };
		case 'enum':
			return {
				...shared,
				type: 'options',
				default: parameter.default,
				options: parameter.values.map(({ label, value }) => ({ name: label, value })),
			};
		case 'string':
			return {
				...shared,
				type: 'string',
				default: parameter.default ?? '',
				...(parameter.multiline === true ? { typeOptions: { rows: 2 } } : {}),
				...(parameter.secret === true ? { typeOptions: { password: true } } : {}),
			};
	}
}

/** The description with the range, if there is one: "How random the answer is (0 to 1)". */
function describe(parameter: Parameter): string {
	const { description } = parameter;
	if (parameter.type !== 'integer' && parameter.type !== 'number') return description;
	const { min, max } = parameter;
	if (min !== undefined && max !== undefined) return `${description} (${min} to ${max})`;
	if (min !== undefined) return `${description} (at least ${min})`;
	return max === undefined ? description : `${description} (at most ${max})`;
}
