import { defineDriver, type ModelOptions } from './driver.mts';
import { EngineClient } from './http/engine-client.mts';
import type { Engine } from './engine.mts';
import { arrayAt, mergeDeep, objectAt, stringAt } from './json.mts';
import { listModels, modelFor } from './model-name.mts';
import {
	beamFields,
	openAiServer,
	openAiTextProperties,
	textFields,
	textOptionProperties,
	type OpenAiTextConfig,
	type TextOptions,
} from './text/openai-text.mts';
import { mapParameters, textInput } from './parameters.mts';
import { answerText } from './text/text-answer.mts';

/** Any server with OpenAI's `/chat/completions`: vLLM, llama.cpp, LocalAI, LM Studio, OpenAI. */
export const openAiChat = defineDriver<OpenAiTextConfig, TextOptions>({
	schema: { type: 'object', properties: openAiTextProperties, required: ['url'] },
	modelSchema: { type: 'object', properties: textOptionProperties },
	families: ['text'],
	create: createEngine,
});

function createEngine(config: OpenAiTextConfig, optionsOf: ModelOptions<TextOptions>): Engine {
	const client = new EngineClient(config);
	const { dialect = 'openai' } = config;
	return {
		...openAiServer(client),
		async run(job, { signal }) {
			const options = optionsOf(job);
			const { body, notes } = mapParameters(job.inputs, {
				fields: textFields[dialect],
				overrides: { ...config.fields, ...options.fields },
				handled: ['prompt', 'system_prompt'],
			});
			const system = textInput(job.inputs, 'system_prompt');
			const request = {
				model: await modelFor(job, config.model, () => listModels(client, signal)),
				messages: [
					...(system === '' ? [] : [{ role: 'system', content: system }]),
					{ role: 'user', content: textInput(job.inputs, 'prompt') },
				],
				...body,
				...beamFields(dialect, job.inputs['beam_size']),
			};
			const answer = await client.json('chat/completions', {
				method: 'POST',
				json: mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {}),
				signal,
			});
			const choice = arrayAt(answer, 'choices')[0];
			const text = answerText(
				{
					content: stringAt(objectAt(choice, 'message'), 'content'),
					cutOff: stringAt(choice, 'finish_reason') === 'length',
				},
				options.thinking ?? config.thinking,
			);
			return { output: { kind: 'text', text }, notes };
		},
	};
}
