import type { NumberParameter, Parameter } from './types';

/*
 * Names and descriptions come from the vendor's documentation, the choices of GPUs and the last two parameters of
 * language models from its official Python client.
 */

/** The GPUs that a deployment runs on. */
export const gpus = {
	per_gpu_vram: {
		type: 'integer',
		label: 'VRAM per GPU (GB)',
		description: 'The memory of each GPU',
		values: [8, 16, 24, 40, 48, 80],
		default: 24,
	},
	gpu_count: {
		type: 'integer',
		label: 'Number of GPUs',
		description: 'How many GPUs the deployment uses',
		values: [1, 2, 4, 8],
		default: 1,
	},
} as const satisfies Readonly<Record<string, NumberParameter>>;

const name: Parameter = {
	type: 'string',
	label: 'Deployment Name',
	description: 'A name for the deployment; if empty, MonsterAPI creates one',
};

/** The optional parameters of a deployed language model. */
export const llmParameters: Readonly<Record<string, Parameter>> = {
	deployment_name: name,
	loramodel_path: {
		type: 'string',
		label: 'LoRA Model Path',
		description:
			'A LoRA adapter for the base model: a Hugging Face model, or the URL of a zip file',
	},
	api_auth_token: {
		type: 'string',
		secret: true,
		label: 'API Auth Token',
		description: 'The access token of the deployment’s own URL; if empty, MonsterAPI creates one',
	},
	use_nightly: {
		type: 'boolean',
		label: 'Use Nightly Image',
		description: 'Whether to run the newest, experimental server image',
		default: false,
	},
	multi_lora: {
		type: 'boolean',
		label: 'Multiple LoRA Adapters',
		description: 'Whether several LoRA adapters are served at once',
		default: false,
	},
	max_model_len: {
		type: 'integer',
		label: 'Maximum Model Length',
		description: 'Maximum context length in tokens; if empty, the model’s own is used',
		min: 1,
	},
};

/** The optional parameters of a deployed container: either a machine or GPUs, and the login of a private registry. */
export const customImageParameters: Readonly<Record<string, Parameter>> = {
	deployment_name: name,
	hostname: {
		type: 'string',
		label: 'Hostname',
		description: 'The name of the machine; if empty, the deployment name is used',
	},
	harddisk: {
		type: 'string',
		label: 'Hard Disk (GB)',
		description: 'The size of the machine’s disk',
		default: '100',
	},
	blockName: {
		type: 'string',
		label: 'Block Name',
		description: 'The type of machine, as listed by Deployment > Get Instances',
		default: 'qb24-v2-n1',
	},
	// A list of numbers at the API.
	port_numbers: {
		type: 'string',
		label: 'Port Numbers',
		description: 'The ports that the image listens on, separated by commas, such as 80, 8080',
	},
	username: {
		type: 'string',
		label: 'Registry User Name',
		description: 'The user of a private registry',
	},
	password: {
		type: 'string',
		secret: true,
		label: 'Registry Password',
		description: 'The password or access token of that user',
	},
	...gpus,
};

/**
 * The parameters of a prompt to a deployed language model: vLLM's, according to the vendor's official Python client. Only
 * limits that follow from their meaning are checked; the others depend on the deployment's version.
 */
export const generationParameters: Readonly<Record<string, Parameter>> = {
	max_tokens: {
		type: 'integer',
		label: 'Maximum Tokens',
		description: 'Maximum number of tokens in the answer',
		min: 1,
		default: 256,
	},
	temperature: {
		type: 'number',
		label: 'Temperature',
		description: 'How random the answer is',
		min: 0,
		default: 0.6,
	},
	top_p: {
		type: 'number',
		label: 'Top P',
		description: 'The cumulative probability of the tokens to consider',
		min: 0,
		max: 1,
		default: 1,
	},
	top_k: {
		type: 'integer',
		label: 'Top K',
		description: 'How many of the most likely tokens to consider at each step; -1 means all',
		min: -1,
		default: -1,
	},
	min_p: {
		type: 'number',
		label: 'Minimum P',
		description: 'Minimum probability of a token, relative to the most likely one',
		min: 0,
		max: 1,
		default: 0,
	},
	n: {
		type: 'integer',
		label: 'Number of Answers',
		description: 'How many answers to return for one prompt',
		min: 1,
		default: 1,
	},
	best_of: {
		type: 'integer',
		label: 'Best Of',
		description: 'How many answers to generate, of which the best are returned',
		min: 1,
		default: 1,
	},
	presence_penalty: {
		type: 'number',
		label: 'Presence Penalty',
		description: 'Positive values favor tokens that have not occurred yet',
		default: 0,
	},
	frequency_penalty: {
		type: 'number',
		label: 'Frequency Penalty',
		description: 'Positive values penalize tokens by how often they have occurred',
		default: 0,
	},
	repetition_penalty: {
		type: 'number',
		label: 'Repetition Penalty',
		description: 'Values above 1 penalize tokens that occur in the prompt or the answer',
		min: 0,
		default: 1,
	},
	length_penalty: {
		type: 'number',
		label: 'Length Penalty',
		description: 'How much length matters in a beam search',
		default: 1,
	},
	use_beam_search: {
		type: 'boolean',
		label: 'Use Beam Search',
		description: 'Whether to use beam search instead of sampling',
		default: false,
	},
	early_stopping: {
		type: 'boolean',
		label: 'Early Stopping',
		description: 'Whether a beam search stops as soon as it has enough answers',
		default: false,
	},
};
