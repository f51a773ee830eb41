import { defineDriver, httpProperties, modelProperty, type ModelOptions } from './driver.mts';
import { EngineClient, type HttpConfig } from './http/engine-client.mts';
import { EngineError, type Engine } from './engine.mts';
import { arrayAt, mergeDeep, objectAt, stringAt } from './json.mts';
import { checkWith } from './http/check.mts';
import { modelFor } from './model-name.mts';
import { textOptionProperties, type TextOptions } from './text/openai-text.mts';
import { mapParameters, textInput, type FieldMap } from './parameters.mts';
import { answerText } from './text/text-answer.mts';

interface Config extends HttpConfig, TextOptions {
	readonly model?: string;
}

/* The native API: its OpenAI form drops top_k and the repetition penalty, and overrides the Modelfile's temperature. */
const fields: FieldMap = {
	max_length: 'options.num_predict',
	temp: 'options.temperature',
	top_p: 'options.top_p',
	top_k: 'options.top_k',
	repetition_penalty: 'options.repeat_penalty',
};

/** Ollama, over its own API. */
export const ollama = defineDriver<Config, TextOptions>({
	schema: {
		type: 'object',
		properties: { ...httpProperties, ...textOptionProperties, model: modelProperty },
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: textOptionProperties },
	families: ['text'],
	create: createEngine,
});

function createEngine(config: Config, optionsOf: ModelOptions<TextOptions>): Engine {
	const client = new EngineClient(config);
	const list = async (signal: AbortSignal): Promise<string[]> =>
		arrayAt(await client.json('api/tags', { signal }), 'models')
			.map((model) => stringAt(model, 'name'))
			.filter((name) => name !== undefined)
			.map((name) => name.replace(/:latest$/, ''));
	return {
		openai: {
			baseUrl: client.resolve('v1').href,
			headers: client.headers(client.base),
		},
		check: async (signal) =>
			await checkWith(() => list(signal), 'Fetch a model with `ollama pull llama3.2`.'),
		async run(job, { signal }) {
			const options = optionsOf(job);
			const { body, notes } = mapParameters(job.inputs, {
				fields,
				overrides: { ...config.fields, ...options.fields },
				handled: ['prompt', 'system_prompt'],
			});
			const system = textInput(job.inputs, 'system_prompt');
			const model = await modelFor(job, config.model, () => list(signal));
			const request = {
				model,
				stream: false,
				messages: [
					...(system === '' ? [] : [{ role: 'system', content: system }]),
					{ role: 'user', content: textInput(job.inputs, 'prompt') },
				],
				...body,
			};
			const json = mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {});
			const answer = await client
				.json('api/chat', { method: 'POST', json, signal })
				.catch((error: unknown) => {
					throw withPullAdvice(error, model);
				});
			// An error after the first token comes inside a 200.
			const problem = stringAt(answer, 'error');
			if (problem !== undefined) throw new EngineError(problem, 'failed');
			const text = answerText(
				{
					content: stringAt(objectAt(answer, 'message'), 'content'),
					cutOff: stringAt(answer, 'done_reason') === 'length',
				},
				options.thinking ?? config.thinking,
			);
			return { output: { kind: 'text', text }, notes };
		},
	};
}

const withPullAdvice = (error: unknown, model: string): unknown =>
	error instanceof EngineError && error.kind === 'final' && /not found/.test(error.message)
		? new EngineError(`${error.message}. Run \`ollama pull ${model}\`.`, 'final', undefined, {
				cause: error,
			})
		: error;
