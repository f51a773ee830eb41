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

/** The body of a launch, and the values in it that no error may contain. */
export interface LaunchBody {
	readonly body: JsonRecord;
	readonly secrets: readonly string[];
}

/** @throws MonsterApiError that lists every invalid value */
function requireValid(
	parameters: Readonly<Record<string, Parameter>>,
	values: JsonRecord,
): CheckedInputs['inputs'] {
	const { inputs, problems } = checkInputs({ parameters }, values);
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
 * The body of `POST /deploy/llm`, with only what the user set.
 * @throws MonsterApiError when the API would reject it
 */
export function llmBody(form: LlmForm): LaunchBody {
	const basemodelPath = requireValue(
		form.basemodelPath,
		"'Base Model Path'",
		'Enter a Hugging Face model such as mistralai/Mistral-7B-Instruct-v0.2, or the URL of a zip file.',
	);
	const keys = form.promptTemplate.match(/\{[^{}\s]+\}/g) ?? [];
	if (keys.length < 2) {
		throw validationError(
			`The prompt template has ${keys.length === 1 ? 'only one {key}' : 'no {key}'}`,
			'It needs at least two, one for the input and one for the output, such as {prompt}{completion}.',
		);
	}
	const machine = requireValid(gpus, { per_gpu_vram: form.perGpuVram, gpu_count: form.gpuCount });
	if (Object.keys(machine).length < 2) {
		throw validationError(
			`'${gpus.per_gpu_vram.label}' and '${gpus.gpu_count.label}' are required`,
			'Choose both, or check the expressions.',
		);
	}
	const inputs = requireValid(llmParameters, form.parameters);
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
	/** Under the API's own names; the ports as a text such as "80, 8080". */
	readonly parameters: JsonRecord;
}

/**
 * The body of `POST /deploy/custom_image`: as documented (`instance_params`), or as the official client sends it
 * (`serving_params`) when GPUs are given.
 * @throws MonsterApiError when the API would reject it, or ignore something that the user set
 */
export function customImageBody(form: CustomImageForm): LaunchBody {
	const registryName = requireValue(
		form.registryName,
		"'Image'",
		'Enter the name of the image, such as owner/image:tag.',
	);
	const { username, password, port_numbers, ...machine } = requireValid(
		customImageParameters,
		form.parameters,
	);
	const env = readEnv(form.env);
	const ports = readPorts(String(port_numbers ?? ''));
	return {
		body: {
			...readMachine(machine),
			image_registry: { registryName, ...omitUndefined({ username, password }) },
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
			"'Deployment Name' and 'Hostname' differ, but both name the deployment",
			'MonsterAPI takes only one of them: remove the other.',
		);
	}
	if (per_gpu_vram === undefined && gpu_count === undefined) {
		return {
			instance_params: omitUndefined({ hostname: name, harddisk, blockName }),
		};
	}
	if (per_gpu_vram === undefined || gpu_count === undefined) {
		throw validationError(
			`'${gpus.per_gpu_vram.label}' and '${gpus.gpu_count.label}' must be set together`,
			"Add the other one too, or remove both to choose a machine by 'Hard Disk (GB)' and 'Block Name'.",
		);
	}
	if (harddisk !== undefined || blockName !== undefined) {
		throw validationError(
			'GPUs and a type of machine cannot be combined',
			"Remove 'Hard Disk (GB)' and 'Block Name', or the two GPU values.",
		);
	}
	return {
		serving_params: omitUndefined({
			deployment_name: name,
			per_gpu_vram,
			gpu_count,
		}),
	};
}

const omitUndefined = (record: JsonRecord): JsonRecord =>
	Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

function readEnv(pairs: CustomImageForm['env']): Readonly<Record<string, string>> | undefined {
	if (pairs.length === 0) return undefined;
	const seen = new Map<string, string>();
	for (const { name, value } of pairs) {
		const key = requireValue(
			name,
			'The name of an environment variable',
			'Enter a name, or remove the variable.',
		);
		if (seen.has(key)) {
			throw validationError(
				`The environment variable '${key}' is set twice`,
				'Remove one of the two.',
			);
		}
		seen.set(key, value);
	}
	return Object.fromEntries(seen);
}

const maxPort = 65_535;

function readPorts(text: string): number[] {
	const words = text.split(/[\s,;]+/).filter((word) => word !== '');
	return words.map((word) => {
		const port = /^\d{1,5}$/.test(word) ? Number(word) : 0;
		if (port >= 1 && port <= maxPort) return port;
		throw validationError(
			"'Port Numbers' must be whole numbers from 1 to 65535",
			'Separate them with commas, such as 80, 8080.',
		);
	});
}

/** One or two characters are no secret, and occur in every message. */
const minSecretLength = 3;

const secretsOf = (...values: unknown[]): string[] =>
	values.filter(
		(value): value is string => typeof value === 'string' && value.length >= minSecretLength,
	);

interface GenerationForm {
	readonly input:
		| { readonly prompt: string }
		/** A value for each key of the prompt template. */
		| { readonly input_variables: JsonRecord };
	/** Under the API's own names. */
	readonly parameters: JsonRecord;
	/** Overrides the others. */
	readonly extraBody?: JsonRecord;
}

/**
 * The body of a live deployment's `/generate`.
 * @throws MonsterApiError when the input is empty or a parameter is invalid
 */
export function generationBody({ input, parameters, extraBody = {} }: GenerationForm): JsonRecord {
	const isEmpty =
		'prompt' in input
			? input.prompt.trim() === ''
			: Object.keys(input.input_variables).length === 0;
	if (isEmpty) {
		throw validationError(
			'prompt' in input ? 'The prompt is empty' : "'Input Variables' is empty",
			'Enter what the model should answer, or check the expression.',
		);
	}
	const { stream = false } = extraBody;
	if (stream !== false) {
		throw validationError('Answers cannot be streamed', "Remove 'stream' from 'Extra Body'.");
	}
	return { ...input, ...requireValid(generationParameters, parameters), ...extraBody };
}
