import { validationError } from '../http/errors';
import {
	customImageParameters,
	generationParameters,
	gpus,
	llmParameters,
} from '../catalogue/deployments';
import type { Parameter } from '../catalogue';
import { checkInputs, type CheckedInputs } from '../catalogue/validate';
import type { JsonRecord } from '../json';

/** The body of a launch, and the texts in it that no error may hold. */
export interface LaunchBody {
	readonly body: JsonRecord;
	readonly secrets: readonly string[];
}

/** @throws MonsterApiError that names every value that is not taken */
function check(
	parameters: Readonly<Record<string, Parameter>>,
	given: JsonRecord,
): CheckedInputs['inputs'] {
	const { inputs, problems } = checkInputs({ parameters }, given);
	const [first, ...others] = problems;
	if (first === undefined) return inputs;
	throw validationError(first, [...others, 'Nothing was sent'].join('. ') + '.');
}

function requireValue(value: string, label: string, advice: string): string {
	const text = value.trim();
	if (text === '') throw validationError(`${label} is empty`, advice);
	return text;
}

export interface LlmForm {
	readonly basemodelPath: string;
	readonly promptTemplate: string;
	readonly perGpuVram: string;
	readonly gpuCount: string;
	/** Under the API's own names. */
	readonly parameters: JsonRecord;
}

/**
 * The body of `POST /deploy/llm`, with nothing in it that the user did not set.
 * @throws MonsterApiError when the API would refuse it
 */
export function llmBody(form: LlmForm): LaunchBody {
	const basemodelPath = requireValue(
		form.basemodelPath,
		'Base Model Path',
		'Give a Hugging Face model such as mistralai/Mistral-7B-Instruct-v0.2, or the URL of a zip file.',
	);
	const keys = form.promptTemplate.match(/\{[^{}\s]+\}/g) ?? [];
	if (keys.length < 2) {
		throw validationError(
			`The prompt template has ${keys.length === 1 ? 'only one {key}' : 'no {key}'}`,
			'It needs at least two, one for the input and one for the output, such as {prompt}{completion}.',
		);
	}
	const machine = check(gpus, { per_gpu_vram: form.perGpuVram, gpu_count: form.gpuCount });
	if (Object.keys(machine).length < 2) {
		throw validationError(
			'VRAM per GPU and Number of GPUs are needed',
			'Choose both, or check the expressions.',
		);
	}
	const inputs = check(llmParameters, form.parameters);
	return {
		body: {
			basemodel_path: basemodelPath,
			prompt_template: form.promptTemplate,
			...machine,
			...inputs,
		},
		secrets: secretsOf(inputs['api_auth_token']),
	};
}

export interface CustomImageForm {
	readonly registryName: string;
	readonly env: ReadonlyArray<{ readonly name: string; readonly value: string }>;
	/** Such as "80, 8080". */
	readonly portNumbers: string;
	/** Under the API's own names. */
	readonly parameters: JsonRecord;
}

/**
 * The body of `POST /deploy/custom_image`, in the form of the documentation (`instance_params`), or in that of the
 * official client (`serving_params`) when GPUs are named.
 * @throws MonsterApiError when the API would refuse it, or would pass over what was set
 */
export function customImageBody(form: CustomImageForm): LaunchBody {
	const registryName = requireValue(
		form.registryName,
		'Image',
		'Give the name of the image, such as owner/image:tag.',
	);
	const { username, password, ...machine } = check(customImageParameters, form.parameters);
	const env = readEnv(form.env);
	const ports = readPorts(form.portNumbers);
	return {
		body: {
			...readMachine(machine),
			image_registry: { registryName, ...given({ username, password }) },
			...(env === undefined ? {} : { env_params: env }),
			...(ports.length === 0 ? {} : { port_numbers: ports }),
		},
		secrets: secretsOf(password, ...Object.values(env ?? {})),
	};
}

function readMachine(machine: CheckedInputs['inputs']): JsonRecord {
	const { per_gpu_vram, gpu_count, deployment_name, hostname, harddisk, blockName } = machine;
	const name = deployment_name ?? hostname;
	if (hostname !== undefined && hostname !== name) {
		throw validationError(
			'Deployment Name and Hostname are two names for the same deployment',
			'MonsterAPI takes one: remove the other.',
		);
	}
	if (per_gpu_vram === undefined && gpu_count === undefined) {
		return {
			instance_params: given({ hostname: name, harddisk, blockName }),
		};
	}
	if (per_gpu_vram === undefined || gpu_count === undefined) {
		throw validationError(
			`${gpus.per_gpu_vram.label} and ${gpus.gpu_count.label} go together`,
			'Add the other one too, or take both out to choose a machine by Hard Disk and Block Name.',
		);
	}
	if (harddisk !== undefined || blockName !== undefined) {
		throw validationError(
			'GPUs and a kind of machine exclude each other',
			'Take out Hard Disk and Block Name, or the two GPU values.',
		);
	}
	return {
		serving_params: given({
			deployment_name: name,
			per_gpu_vram,
			gpu_count,
		}),
	};
}

/** The record without what was not set. */
const given = (record: JsonRecord): JsonRecord =>
	Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

function readEnv(pairs: CustomImageForm['env']): Readonly<Record<string, string>> | undefined {
	if (pairs.length === 0) return undefined;
	const seen = new Map<string, string>();
	for (const { name, value } of pairs) {
		const key = requireValue(name, 'The name of an environment variable', 'Give it, or remove it.');
		if (seen.has(key)) {
			throw validationError(
				`The environment variable ${key} stands there twice`,
				'Remove one of the two.',
			);
		}
		seen.set(key, value);
	}
	return Object.fromEntries(seen);
}

const highestPort = 65_535;

function readPorts(text: string): number[] {
	const words = text.split(/[\s,;]+/).filter((word) => word !== '');
	return words.map((word) => {
		const port = /^\d{1,5}$/.test(word) ? Number(word) : 0;
		if (port >= 1 && port <= highestPort) return port;
		throw validationError(
			'Port Numbers takes whole numbers from 1 to 65535',
			'Write them with commas between them, such as 80, 8080.',
		);
	});
}

/** One or two characters are no secret, and stand in every message. */
const shortestSecret = 3;

const secretsOf = (...values: unknown[]): string[] =>
	values.filter(
		(value): value is string => typeof value === 'string' && value.length >= shortestSecret,
	);

export interface GenerationForm {
	readonly input:
		| { readonly prompt: string }
		/** A value for each key of the prompt template. */
		| { readonly input_variables: JsonRecord };
	/** Under the API's own names. */
	readonly parameters: JsonRecord;
	/** Wins over the others. */
	readonly extraBody?: JsonRecord;
}

/**
 * The body of a live deployment's `/generate`.
 * @throws MonsterApiError when there is nothing to answer, or a parameter is not what it takes
 */
export function generationBody({ input, parameters, extraBody = {} }: GenerationForm): JsonRecord {
	const empty =
		'prompt' in input
			? input.prompt.trim() === ''
			: Object.keys(input.input_variables).length === 0;
	if (empty) {
		throw validationError(
			'prompt' in input ? 'The prompt is empty' : 'Input Variables is empty',
			'Write what the model should answer, or check the expression.',
		);
	}
	const { stream = false } = extraBody;
	if (stream !== false) {
		throw validationError('Answers cannot be streamed', 'Take “stream” out of Extra Body.');
	}
	return { ...input, ...check(generationParameters, parameters), ...extraBody };
}
