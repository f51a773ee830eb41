import { operationById, type Schema } from '../../../contract/document.cjs';
import { models as contractModels } from '../../../emulator/generate/models.cjs';
import {
	customImageParameters,
	generationParameters,
	gpus,
	llmParameters,
} from '../../../nodes/core/catalogue/deployments';
import { models, type Model, type Parameter } from '../../../nodes/core/catalogue/index';

/** What both sides say about a parameter. */
interface Facts {
	readonly type: unknown;
	readonly min: number | undefined;
	readonly max: number | undefined;
	readonly values: readonly unknown[] | undefined;
	readonly default: unknown;
}

const sorted = (values: readonly unknown[]) => [...values].sort();

function factsOf(parameter: Parameter): Facts {
	const none = { min: undefined, max: undefined, values: undefined };
	switch (parameter.type) {
		case 'integer':
		case 'number': {
			const { type, min, max, values, default: value } = parameter;
			return { type, min, max, values: values && sorted(values), default: value };
		}
		case 'enum': {
			const values = sorted(parameter.values.map(({ value }) => value));
			return { ...none, type: 'string', values, default: parameter.default };
		}
		case 'boolean':
		case 'string':
			return { ...none, type: parameter.type, default: parameter.default };
	}
}

/** Null means that a parameter may be left out, and is no type of its own. */
const factsIn = (schema: Schema): Facts => ({
	type: [schema.type].flat().find((type) => type !== 'null'),
	min: schema.minimum,
	max: schema.maximum,
	values: schema.enum && sorted(schema.enum),
	default: schema.default,
});

const keywords = ['type', 'min', 'max', 'values', 'default'] as const;

/** Differences, as `name keyword: catalogue / contract`. */
function differences(
	parameters: Readonly<Record<string, Parameter>>,
	properties: Readonly<Record<string, Schema>>,
): string[] {
	const names = new Set([...Object.keys(parameters), ...Object.keys(properties)]);
	return [...names].sort().flatMap((name) => {
		const parameter = parameters[name];
		const schema = properties[name];
		if (parameter === undefined) return [`${name}: not in the catalogue`];
		if (schema === undefined) return [`${name}: not in the contract`];
		const ours = factsOf(parameter);
		const theirs = factsIn(schema);
		return keywords.flatMap((keyword) => {
			// Without a default of the service, the catalogue's is only what the form begins with.
			if (keyword === 'default' && theirs.default === undefined) return [];
			if (keyword === 'values' && schema.pattern !== undefined) {
				const pattern = new RegExp(schema.pattern);
				const outside = ours.values?.filter((value) => !pattern.test(String(value))) ?? [];
				return outside.map((value) => `${name}: ${String(value)} / ${pattern.source}`);
			}
			const [our, their] = [ours[keyword], theirs[keyword]].map((value) => JSON.stringify(value));
			return our === their ? [] : [`${name} ${keyword}: ${our} / ${their}`];
		});
	});
}

/** The properties that are parameters in the catalogue as well: not the prompt and the file, which are fields. */
function parametersIn({ file, promptRequired }: Model, { properties = {} }: Schema) {
	const fields = new Set([
		...(file === undefined ? [] : [file.parameter, file.enabledBy]),
		...(promptRequired ? ['prompt'] : []),
	]);
	return Object.fromEntries(Object.entries(properties).filter(([name]) => !fields.has(name)));
}

/** The form's field begins empty, so that the service's own text applies until a user writes another. */
const emptySystemPrompt = [
	'system_prompt default: undefined / "Provide factual, concise and correct answers."',
];

/** Differences that are meant. */
const accepted: Readonly<Record<string, readonly string[]>> = {
	'codellama-13b-instruct': emptySystemPrompt,
	'codellama-34b-instruct': emptySystemPrompt,
	'zephyr-7b-beta': emptySystemPrompt,
};

test('both have the same models', () => {
	expect(sorted(models.map(({ id }) => id))).toEqual(sorted([...contractModels.keys()]));
});

describe.each(models.map((model) => [model.id, model] as const))('%s', (id, model) => {
	const contract = contractModels.get(id);
	if (contract === undefined) throw new Error(`${id} is not in the contract`);
	const { schema, family } = contract;

	test('has the parameters of the contract, with their types, ranges, values and defaults', () => {
		expect(differences(model.parameters, parametersIn(model, schema))).toEqual(accepted[id] ?? []);
	});

	test('has the family, the required parameters and the file of the contract', () => {
		expect(model.family).toBe(family);
		const { file, promptRequired } = model;
		const required = [
			...(promptRequired ? ['prompt'] : []),
			...(file !== undefined && file.enabledBy === undefined ? [file.parameter] : []),
		];
		expect(sorted(required)).toEqual(sorted(schema.required ?? []));
		const rules = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
			const rule = property['x-file'];
			return rule === undefined ? [] : [[name, sorted(rule.extensions), rule.enabledBy]];
		});
		expect(rules).toEqual(
			file === undefined ? [] : [[file.parameter, sorted(file.extensions), file.enabledBy]],
		);
	});
});

describe('deployments', () => {
	const bodyOf = (operationId: string) =>
		operationById(operationId).requestBody?.content?.['application/json']?.schema ?? {};

	test('a language model has the parameters of the contract', () => {
		const { properties = {}, required = [] } = bodyOf('deployLlm');
		const optional = Object.entries(properties).filter(([name]) => !required.includes(name));
		expect(differences({ ...llmParameters }, Object.fromEntries(optional))).toEqual([
			// A context of no tokens makes no sense, though no minimum is known.
			'max_model_len min: 1 / undefined',
		]);
		const { per_gpu_vram = {}, gpu_count = {} } = properties;
		expect(differences(gpus, { per_gpu_vram, gpu_count })).toEqual([]);
	});

	test('an image has the parameters of the contract', () => {
		const { properties = {} } = bodyOf('deployCustomImage');
		const registry = { ...properties['image_registry']?.properties };
		// A field of its own in the form.
		delete registry['registryName'];
		const inContract = {
			...properties['instance_params']?.properties,
			...properties['serving_params']?.properties,
			...registry,
			port_numbers: properties['port_numbers'] ?? {},
		};
		expect(differences(customImageParameters, inContract)).toEqual([
			// A list is written as a text in the form.
			'port_numbers type: "string" / "array"',
		]);
	});

	test('a deployed model has the parameters of the contract', () => {
		const { properties = {} } = bodyOf('askDeployedModel');
		// The first two are fields of their own in the form, the third is not offered.
		const { prompt, input_variables, stream, ...parameters } = properties;
		expect([prompt, input_variables, stream]).not.toContain(undefined);
		expect(differences(generationParameters, parameters)).toEqual([
			// Limits that follow from the meaning of these parameters; no source states them.
			'min_p min: 0 / undefined',
			'min_p max: 1 / undefined',
			'repetition_penalty min: 0 / undefined',
			'temperature min: 0 / undefined',
			'top_k min: -1 / undefined',
			'top_p min: 0 / undefined',
			'top_p max: 1 / undefined',
		]);
	});
});
