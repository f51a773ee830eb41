import type { DisplayCondition, INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { modelsByFamily, type Family, type Model, type Parameter } from '../../../core/catalogue';
import { isEqual, merge, variantsByName } from '../../../core/catalogue/unknownModel';

/**
 * The "Model Parameters" collection of a family: each model shows its own parameters only. A parameter that differs
 * between models (another range or default) has one field for each variant, and one more for a model that the catalogue
 * does not know, and for an expression.
 */
export const parametersField = (family: Family): INodeProperties => ({
	...collection,
	displayName: 'Model Parameters',
	description: 'Only parameters that you add are sent. The model decides on all others.',
	options: sorted(
		[...variantsByName(modelsByFamily[family])].flatMap(([name, variants]) =>
			variantFields(name, variants, modelsByFamily[family]),
		),
	),
});

function variantFields(
	name: string,
	variants: readonly [Parameter, ...Parameter[]],
	models: readonly Model[],
): INodeProperties[] {
	const having = (variant: Parameter): string[] =>
		models.flatMap(({ id, parameters }) => {
			const parameter = parameters[name];
			return parameter !== undefined && isEqual(parameter, variant) ? [id] : [];
		});
	if (having(variants[0]).length === models.length) return [parameterField(name, variants[0])];
	return [
		...variants.map((variant) => ({
			...parameterField(name, variant),
			displayOptions: { hide: { '/model': [anyBut(having(variant))] } },
		})),
		{
			...parameterField(name, merge(variants)),
			displayOptions: { hide: { '/model': models.map(({ id }) => id) } },
		},
	];
}

/** A condition that all other models meet, and all expressions, which the condition `show` would always meet. */
const anyBut = (ids: readonly string[]): DisplayCondition => ({
	_cnd: { regex: `^(?!(?:${ids.map((id) => id.replaceAll('.', '\\.')).join('|')})$)` },
});

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
