import type { Model, NumberParameter, Parameter } from './types';

/*
 * Names and the defaults of the 7B to 13B models come from the vendor's documentation. The three large models occur only
 * in its official clients and have the same parameters. `temp` and `top_p` are limited to 0..1 by the
 * official Python client.
 */

const maxLength: NumberParameter = {
	type: 'integer',
	label: 'Maximum Length',
	description: 'Maximum number of tokens in the answer',
	default: 256,
};

const temperature = (value: number): NumberParameter => ({
	type: 'number',
	label: 'Temperature',
	description: 'How random the answer is, from almost deterministic (0) to most varied (1)',
	min: 0,
	max: 1,
	default: value,
});

const topK = (value: number): NumberParameter => ({
	type: 'integer',
	label: 'Top K',
	description: 'How many of the most likely tokens to consider at each step',
	default: value,
});

const topP = (value: number): NumberParameter => ({
	type: 'number',
	label: 'Top P',
	description: 'The cumulative probability of the tokens to consider',
	min: 0,
	max: 1,
	default: value,
});

const beamSize: NumberParameter = {
	type: 'integer',
	label: 'Beam Size',
	description: 'The width of the beam search: higher is better but slower',
	default: 1,
};

const repetitionPenalty: NumberParameter = {
	type: 'number',
	label: 'Repetition Penalty',
	description: 'How strongly repeated phrases are avoided; 1 means not at all',
	default: 1.2,
};

const systemPrompt: Parameter = {
	type: 'string',
	label: 'System Prompt',
	description: 'General instructions that the model follows in every answer',
	multiline: true,
};

const sampling = (temp: number, k: number, p: number) => ({
	max_length: maxLength,
	temp: temperature(temp),
	top_k: topK(k),
	top_p: topP(p),
});

const full = (temp: number, k: number, p: number) => ({
	...sampling(temp, k, p),
	beam_size: beamSize,
	repetition_penalty: repetitionPenalty,
	system_prompt: systemPrompt,
});

const entry = (
	id: string,
	label: string,
	description: string,
	parameters: Model['parameters'],
): Model => ({ id, label, family: 'text', description, promptRequired: true, parameters });

export const textModels: readonly Model[] = [
	entry(
		'codellama-13b-instruct',
		'Code Llama 13B Instruct',
		'Writes and explains code; Llama 2 family, 13 billion parameters',
		full(0.98, 40, 0.9),
	),
	entry(
		'codellama-34b-instruct',
		'Code Llama 34B Instruct',
		'Writes and explains code; Llama 2 family, 34 billion parameters',
		full(0.98, 40, 0.9),
	),
	entry(
		'falcon-7b-instruct',
		'Falcon 7B Instruct',
		'Copywriting, summaries and classification in English, 7 billion parameters',
		{ ...sampling(0.98, 10, 0.9), beam_size: beamSize },
	),
	entry(
		'falcon-40b-instruct',
		'Falcon 40B Instruct',
		'Copywriting, summaries and classification, 40 billion parameters',
		{ ...sampling(0.98, 10, 0.9), beam_size: beamSize },
	),
	entry(
		'flan-T5',
		'FLAN-T5 XXL',
		'Completion, translation, sentiment and question answering, 11.3 billion parameters',
		{ ...sampling(0.98, 40, 1), beam_size: beamSize, repetition_penalty: repetitionPenalty },
	),
	entry(
		'llama2-7b-chat',
		'Llama 2 7B Chat',
		'Dialogue, mostly in English, 7 billion parameters',
		full(0.98, 40, 0.9),
	),
	entry(
		'mpt-7b-instruct',
		'MPT 7B Instruct',
		'Short-form instruction following, 7 billion parameters',
		sampling(0.98, 40, 0.9),
	),
	entry(
		'mpt-30b-instruct',
		'MPT 30B Instruct',
		'Short-form instruction following, 30 billion parameters',
		sampling(0.98, 40, 0.9),
	),
	entry(
		'zephyr-7b-beta',
		'Zephyr 7B Beta',
		'Helpful chat assistant built on Mistral 7B',
		full(0.7, 40, 1),
	),
];
