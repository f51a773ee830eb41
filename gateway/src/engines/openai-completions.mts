import { defineDriver, type ModelOptions } from './driver.mts';
import { EngineClient } from './http/engine-client.mts';
import type { Engine } from './engine.mts';
import { arrayAt, mergeDeep, stringAt } from './json.mts';
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
import { mapParameters, noEffect, textInput } from './parameters.mts';
import { answerText } from './text/text-answer.mts';

interface TemplateOption {
	/** With `{prompt}` and `{system_prompt}`; a base model's own form of instructions. */
	readonly template?: string;
}
type Config = OpenAiTextConfig & TemplateOption;
type Options = TextOptions & TemplateOption;

const templateProperty = {
	template: {
		type: 'string',
		pattern: '\\{prompt\\}',
		default: '{prompt}',
		description: 'The text that is completed, with {prompt} and {system_prompt}',
	},
} as const;

/** What MonsterAPI documents; vLLM would stop after 16 tokens. */
const defaultMaxTokens = 256;

/** Any server with OpenAI's `/completions`: for models without a chat template (falcon, mpt, base models). */
export const openAiCompletions = defineDriver<Config, Options>({
	schema: {
		type: 'object',
		properties: { ...openAiTextProperties, ...templateProperty },
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: { ...textOptionProperties, ...templateProperty } },
	families: ['text'],
	create: createEngine,
});

function createEngine(config: Config, optionsOf: ModelOptions<Options>): Engine {
	const client = new EngineClient(config);
	const { dialect = 'openai' } = config;
	return {
		...openAiServer(client),
		async run(job, { signal }) {
			const options = optionsOf(job);
			const { body, notes } = mapParameters(
				{ max_length: defaultMaxTokens, ...job.inputs },
				{
					fields: textFields[dialect],
					overrides: { ...config.fields, ...options.fields },
					handled: ['prompt', 'system_prompt'],
				},
			);
			const template = options.template ?? config.template ?? '{prompt}';
			const system = textInput(job.inputs, 'system_prompt');
			const request = {
				model: await modelFor(job, config.model, () => listModels(client, signal)),
				prompt: fillTemplate(template, { prompt: textInput(job.inputs, 'prompt'), system }),
				...body,
				...beamFields(dialect, job.inputs['beam_size']),
			};
			const answer = await client.json('completions', {
				method: 'POST',
				json: mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {}),
				signal,
			});
			const choice = arrayAt(answer, 'choices')[0];
			const text = answerText(
				{
					content: stringAt(choice, 'text'),
					cutOff: stringAt(choice, 'finish_reason') === 'length',
				},
				options.thinking ?? config.thinking,
			);
			const dropped = system !== '' && !template.includes('{system_prompt}');
			return {
				output: { kind: 'text', text },
				notes: dropped
					? [...notes, noEffect('system_prompt', 'the engine’s template has no {system_prompt}')]
					: notes,
			};
		},
	};
}

/** In one pass, so that a prompt with `{system_prompt}` in it stays as it is. */
const fillTemplate = (template: string, texts: { prompt: string; system: string }): string =>
	template.replace(/\{(prompt|system_prompt)\}/g, (_all, name: string) =>
		name === 'prompt' ? texts.prompt : texts.system,
	);
