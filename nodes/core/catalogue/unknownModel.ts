import { modelsByFamily } from './index';
import type { Family, FileInput, Model, Parameter } from './types';

/**
 * A model that the catalogue does not know, as a member of a family: all parameters of the family, of which only the types
 * are known, and the family's file in any format.
 */
export function unknownModel(family: Family, id: string): Model {
	const models = modelsByFamily[family];
	const file = models.find((model) => model.file !== undefined)?.file;
	return {
		id,
		label: id,
		family,
		description: 'A model that is not in the catalogue',
		promptRequired: models.some(({ promptRequired }) => promptRequired),
		parameters: Object.fromEntries(
			[...variantsByName(models)].map(([name, variants]) => [name, typeOf(merge(variants))]),
		),
		...(file === undefined ? {} : { file: { ...file, extensions: [] } satisfies FileInput }),
	};
}

/** The different definitions of each parameter of some models, by name, in the order of the models. */
export function variantsByName(
	models: readonly Model[],
): ReadonlyMap<string, readonly [Parameter, ...Parameter[]]> {
	const found = new Map<string, [Parameter, ...Parameter[]]>();
	for (const [name, parameter] of models.flatMap((model) => Object.entries(model.parameters))) {
		const variants = found.get(name);
		if (variants === undefined) found.set(name, [parameter]);
		else if (!variants.some((known) => isEqual(known, parameter))) variants.push(parameter);
	}
	return found;
}

/** Whether two parameters are the same; the catalogue has the keys of equal ones in the same order. */
export const isEqual = (left: Parameter, right: Parameter): boolean =>
	JSON.stringify(left) === JSON.stringify(right);

/** One parameter in place of its variants: without a range, and with the values of all of them. */
export function merge(variants: readonly [Parameter, ...Parameter[]]): Parameter {
	const [first] = variants;
	switch (first.type) {
		case 'integer':
		case 'number': {
			const { label, description, default: shown } = first;
			const isWhole = variants.every(({ type }) => type === 'integer');
			return {
				type: isWhole ? 'integer' : 'number',
				label,
				description,
				...(shown === undefined ? {} : { default: shown }),
			};
		}
		case 'enum': {
			const values = variants.flatMap((variant) => (variant.type === 'enum' ? variant.values : []));
			return { ...first, values: [...new Map(values.map((one) => [one.value, one])).values()] };
		}
		case 'boolean':
		case 'string':
			return first;
	}
}

/** The parameter with nothing known but its type: what the values of an enum are, only the server knows. */
function typeOf(parameter: Parameter): Parameter {
	if (parameter.type !== 'enum') return parameter;
	const { label, description } = parameter;
	return { type: 'string', label, description };
}
