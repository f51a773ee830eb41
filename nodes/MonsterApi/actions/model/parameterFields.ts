import type { INodeProperties } from 'n8n-workflow';

import { modelsByFamily, type Family, type Model, type Parameter } from '../../../core/catalogue';
import { describeDomain } from '../../../core/catalogue/validate';

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
	displayName: 'Model Parameters',
	name: 'parameters',
	type: 'collection',
	placeholder: 'Add parameter',
	default: {},
	description: 'Only what you add here is sent; everything else is left to the model',
	options: variantsOf(modelsByFamily[family])
		.map((variant) => toField(variant, modelsByFamily[family]))
		.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
});

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

function toField({ name, parameter, models }: Variant, all: readonly Model[]): INodeProperties {
	const shared = {
		displayName: parameter.label,
		name,
		description: describe(parameter),
		...(models.length === all.length ? {} : { displayOptions: { show: { '/model': models } } }),
	};
	switch (parameter.type) {
		case 'integer':
		case 'number':
			return {
				...shared,
				type: 'number',
				typeOptions: {
					...(parameter.min === undefined ? {} : { minValue: parameter.min }),
					...(parameter.max === undefined ? {} : { maxValue: parameter.max }),
					numberPrecision: parameter.type === 'integer' ? 0 : 3,
				},
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
			};
	}
}

function describe(parameter: Parameter): string {
	const ranged =
		(parameter.type === 'integer' || parameter.type === 'number') &&
		(parameter.min !== undefined || parameter.max !== undefined);
	return ranged ? `${parameter.description}: ${describeDomain(parameter)}` : parameter.description;
}
