import { fieldProperties, httpProperties, modelProperty } from '../driver.mts';
import type { Engine } from '../engine.mts';
import { checkWith } from '../http/check.mts';
import type { EngineClient, HttpConfig } from '../http/engine-client.mts';
import type { JsonObject } from '../json.mts';
import { listModels } from '../model-name.mts';
import type { FieldMap, FieldOverrides } from '../parameters.mts';
import { thinkingProperty, type Thinking } from './text-answer.mts';

/** Which server it is, since each takes other fields beside OpenAI's own. */
export type TextDialect = 'openai' | 'vllm' | 'llamacpp' | 'localai' | 'lmstudio';

const openAiFields: FieldMap = { max_length: 'max_tokens', temp: 'temperature', top_p: 'top_p' };
const llamaFields: FieldMap = {
	...openAiFields,
	top_k: 'top_k',
	repetition_penalty: 'repeat_penalty',
};

/*
 * OpenAI itself refuses unknown fields. vLLM has beam search in its own form: the width is `n`, and as many choices come back
 * of which the first is the best.
 */
export const textFields: Readonly<Record<TextDialect, FieldMap>> = {
	openai: openAiFields,
	vllm: {
		...openAiFields,
		top_k: 'top_k',
		repetition_penalty: 'repetition_penalty',
		beam_size: 'n',
	},
	llamacpp: llamaFields,
	localai: llamaFields,
	lmstudio: llamaFields,
};

export const beamFields = (dialect: TextDialect, beams: unknown): JsonObject =>
	dialect === 'vllm' && typeof beams === 'number' && beams > 1 ? { use_beam_search: true } : {};

/** Options that an engine has for all of its models, and a model for itself. */
export interface TextOptions {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
	readonly thinking?: Thinking;
}

export interface OpenAiTextConfig extends HttpConfig, TextOptions {
	readonly model?: string;
	readonly dialect?: TextDialect;
}

export const textOptionProperties = { ...fieldProperties, thinking: thinkingProperty } as const;

export const openAiTextProperties = {
	...httpProperties,
	...textOptionProperties,
	model: modelProperty,
	dialect: {
		enum: Object.keys(textFields),
		default: 'openai',
		description: 'Which server it is: decides the fields beside OpenAI’s own',
	},
} as const;

/** What is the same for chat and completions: where requests are passed through to, and the check. */
export const openAiServer = (client: EngineClient): Pick<Engine, 'openai' | 'check'> => ({
	openai: {
		baseUrl: client.base.href.replace(/\/$/, ''),
		headers: client.headers(client.base),
	},
	check: async (signal) =>
		await checkWith(
			() => listModels(client, signal),
			"The engine's 'url' usually ends in /v1, and a model has to be loaded there.",
		),
});
