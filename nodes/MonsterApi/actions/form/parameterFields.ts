import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { modelsByFamily, type Family, type Model, type Parameter } from '../../../core/catalogue';

interface Variant {
	readonly name: string;
	readonly parameter: Parameter;
	readonly models: string[];
}

/**
 * The "Model Parameters" collection of a family: each model shows what it has, and nothing else. A parameter that
 * differs between models (another range or default) stands there once for each kind.
 */
export const parametersField = (family: Family): INodeProperties => ({
	...collection,
	displayName: 'Model Parameters',
	description: 'Only what you add here is sent; everything else is left to the model',
	options: sorted(
		variantsOf(modelsByFamily[family]).map((variant) =>
			toVariantField(variant, modelsByFamily[family]),
		),
	),
});

/** The "Parameters" collection of something that always takes the same ones. */
export const parameterCollection = (
	displayName: string,
	parameters: Readonly<Record<string, Parameter>>,
): INodeProperties => ({
	...collection,
	displayName,
	description: 'Only what you add here is sent; everything else is left to MonsterAPI',
	options: sorted(Object.entries(parameters).map(([name, one]) => parameterField(name, one))),
});

const collection = {
	name: 'parameters',
	type: 'collection',
	placeholder: 'Add parameter',
	default: {},
} as const;

const sorted = (fields: INodeProperties[]): INodeProperties[] =>
	fields.sort(alphabetically(({ displayName }) => displayName));

function variantsOf(models: readonly Model[]): Variant[] {
	const variants = new Map<string, Variant>();
	for (const model of models) {
		for (const [name, parameter] of Object.entries(model.parameters)) {
			const key = JSON.stringify([name, parameter]);
			const variant = variants.get(key) ?? { name, parameter, models: [] };
			variant.models.push(model.id);
			variants.set(key, variant);
		}
	}
	return [...variants.values()];
}

const toVariantField = (
	{ name, parameter, models }: Variant,
	all: readonly Model[],
): INodeProperties => ({
	...parameterField(name, parameter),
	...(models.length === all.length ? {} : { displayOptions: { show: { '/model': models } } }),
});

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
				// No limits in the form: it would cut a value to them without a word. The check before sending has words.
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

/** The description with the range, where there is one: "How random the answer is (0 to 1)". */
function describe(parameter: Parameter): string {
	const { description } = parameter;
	if (parameter.type !== 'integer' && parameter.type !== 'number') return description;
	const { min, max } = parameter;
	if (min !== undefined && max !== undefined) return `${description} (${min} to ${max})`;
	if (min !== undefined) return `${description} (at least ${min})`;
	return max === undefined ? description : `${description} (at most ${max})`;
}
