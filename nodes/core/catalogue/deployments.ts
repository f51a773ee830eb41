import type { NumberParameter, Parameter } from './types';

/*
 * Names and descriptions come from the vendor's documentation, the choices of GPUs and the last two parameters of
 * language models from its official Python client.
 */

/** The two numbers that say what a deployment runs on. */
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
		description: 'How many GPUs the deployment gets',
		values: [1, 2, 4, 8],
		default: 1,
	},
} as const satisfies Readonly<Record<string, NumberParameter>>;

const name: Parameter = {
	type: 'string',
	label: 'Deployment Name',
	description: 'A name of your own; MonsterAPI makes one when it is left out',
};

/** What a deployed language model takes beside its required fields. */
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
		description:
			'The token that the deployment’s own URL asks for; MonsterAPI makes one when it is left out',
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
		description: 'The longest context in tokens; the model’s own when it is left out',
		min: 1,
	},
};

/** What a deployed container takes beside its image: either a machine or GPUs, and the access to a private registry. */
export const customImageParameters: Readonly<Record<string, Parameter>> = {
	deployment_name: name,
	hostname: {
		type: 'string',
		label: 'Hostname',
		description: 'The name of the machine; the deployment name when it is left out',
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
		description: 'The kind of machine; Deployment > Get Instances lists what there is',
		default: 'qb24-v2-n1',
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
 * What a deployed language model takes with a prompt. They are vLLM's, by the vendor's official Python client; only
 * limits that follow from their meaning are checked, since the deployment's version decides on the others.
 */
export const generationParameters: Readonly<Record<string, Parameter>> = {
	max_tokens: {
		type: 'integer',
		label: 'Maximum Tokens',
		description: 'The most tokens that the answer may have',
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
		description: 'The share of probability that the considered tokens cover together',
		min: 0,
		max: 1,
		default: 1,
	},
	top_k: {
		type: 'integer',
		label: 'Top K',
		description: 'How many of the likeliest tokens are considered at each step; -1 means all',
		min: -1,
		default: -1,
	},
	min_p: {
		type: 'number',
		label: 'Minimum P',
		description: 'The least probability of a token, as a share of the likeliest one’s',
		min: 0,
		max: 1,
		default: 0,
	},
	n: {
		type: 'integer',
		label: 'Number of Answers',
		description: 'How many answers to one prompt',
		min: 1,
		default: 1,
	},
	best_of: {
		type: 'integer',
		label: 'Best Of',
		description: 'How many answers are made, of which the best ones are given',
		min: 1,
		default: 1,
	},
	presence_penalty: {
		type: 'number',
		label: 'Presence Penalty',
		description: 'Above 0 it favours tokens that are not there yet',
		default: 0,
	},
	frequency_penalty: {
		type: 'number',
		label: 'Frequency Penalty',
		description: 'Above 0 it avoids tokens the more often they are there',
		default: 0,
	},
	repetition_penalty: {
		type: 'number',
		label: 'Repetition Penalty',
		description: 'Above 1 it avoids tokens of the prompt and the answer so far',
		min: 0,
		default: 1,
	},
	length_penalty: {
		type: 'number',
		label: 'Length Penalty',
		description: 'How the length counts in a beam search',
		default: 1,
	},
	use_beam_search: {
		type: 'boolean',
		label: 'Use Beam Search',
		description: 'Whether to search for the likeliest answer in place of sampling one',
		default: false,
	},
	early_stopping: {
		type: 'boolean',
		label: 'Early Stopping',
		description: 'Whether a beam search ends as soon as there are enough answers',
		default: false,
	},
};
