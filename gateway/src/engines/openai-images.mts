import {
	defineDriver,
	fieldProperties,
	httpProperties,
	modelProperty,
	type ModelOptions,
} from './driver.mts';
import { EngineClient, type HttpConfig } from './http/engine-client.mts';
import { EngineError, type Engine, type EngineContext, type EngineJob } from './engine.mts';
import { decodeImage, saveImages } from './images/image-output.mts';
import { imagePrompt, promptInputs } from './images/image-prompt.mts';
import {
	openAiSizes,
	requestedSize,
	sizesOf,
	sizesProperty,
	type Sizes,
} from './images/image-size.mts';
import { requiredFile } from './job-file.mts';
import { arrayAt, mergeDeep, stringAt, type JsonObject } from './json.mts';
import { checkWith } from './http/check.mts';
import { listModels, modelFor } from './model-name.mts';
import { textFields, type MultipartForm } from './http/multipart.mts';
import { mapParameters, noEffect, type FieldMap, type FieldOverrides } from './parameters.mts';

/** Which server it is, since each takes other fields. */
type Dialect = 'openai' | 'localai' | 'basic';

interface Options {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
	readonly sizes?: Sizes;
}
interface Config extends HttpConfig, Options {
	readonly model?: string;
	readonly dialect?: Dialect;
}

const fields: Readonly<Record<Dialect, FieldMap>> = {
	openai: { samples: 'n' },
	localai: { samples: 'n', steps: 'step', seed: 'seed' },
	basic: { samples: 'n' },
};

/* gpt-image models always answer base64 and refuse to be asked for it; LocalAI and others answer a URL unless asked. */
const always: Readonly<Record<Dialect, JsonObject>> = {
	openai: {},
	localai: { response_format: 'b64_json' },
	basic: { response_format: 'b64_json' },
};

const optionProperties = { ...fieldProperties, sizes: sizesProperty } as const;

/** Any server with OpenAI's `/images/generations`, and for edits `/images/edits`: OpenAI, LocalAI, sd-server. */
export const openAiImages = defineDriver<Config, Options>({
	schema: {
		type: 'object',
		properties: {
			...httpProperties,
			...optionProperties,
			model: modelProperty,
			dialect: {
				enum: Object.keys(fields),
				default: 'openai',
				description: 'Which server it is; basic: OpenAI’s fields with response_format',
			},
		},
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: optionProperties },
	families: ['image', 'image-edit'],
	create: createEngine,
});

function createEngine(config: Config, optionsOf: ModelOptions<Options>): Engine {
	const client = new EngineClient(config);
	return {
		check: async (signal) =>
			await checkWith(() => listModels(client, signal), "The engine's 'url' usually ends in /v1."),
		async run(job, context) {
			const options = optionsOf(job);
			const { request, notes } = imageRequest(job, config, options);
			const model = await modelFor(job, config.model, () => listModels(client, context.signal));
			const body = mergeDeep(
				mergeDeep({ ...request, model }, config.extra ?? {}),
				options.extra ?? {},
			);
			const answer =
				job.family === 'image-edit'
					? await client.json('images/edits', {
							method: 'POST',
							form: editForm(job, body),
							signal: context.signal,
						})
					: await client.json('images/generations', {
							method: 'POST',
							json: body,
							signal: context.signal,
						});
			const images = await readImages(client, answer, context);
			return { output: { kind: 'files', files: await saveImages(job, images) }, notes };
		},
	};
}

function imageRequest(
	job: EngineJob,
	config: Config,
	options: Options,
): { readonly request: JsonObject; readonly notes: readonly string[] } {
	const { dialect = 'openai' } = config;
	const { prompt, negative, notes } = imagePrompt(job.inputs);
	const mapped = mapParameters(job.inputs, {
		fields: fields[dialect],
		overrides: { ...config.fields, ...options.fields },
		handled: promptInputs,
	});
	const sizes = {
		...(dialect === 'openai' ? openAiSizes : sizesOf(job.model)),
		...config.sizes,
		...options.sizes,
	};
	const size = requestedSize(job.inputs, sizes);
	// LocalAI reads what follows a bar as the negative prompt; the others have no place for one.
	const separated = dialect === 'localai';
	return {
		request: {
			prompt: separated && negative !== '' ? `${prompt.replaceAll('|', ' ')}|${negative}` : prompt,
			...(size === undefined ? {} : { size: `${size.width}x${size.height}` }),
			...mapped.body,
			...always[dialect],
		},
		notes: [
			...notes,
			...mapped.notes,
			...(job.inputs['negprompt'] !== undefined && negative !== '' && !separated
				? [noEffect('negprompt', 'the engine has no such setting')]
				: []),
		],
	};
}

const editForm = (job: EngineJob, body: JsonObject): MultipartForm => ({
	fields: textFields(body),
	file: requiredFile(job),
	fileField: 'image',
});

async function readImages(
	client: EngineClient,
	answer: unknown,
	{ signal }: EngineContext,
): Promise<Buffer[]> {
	const images: Buffer[] = [];
	for (const entry of arrayAt(answer, 'data')) {
		const base64 = stringAt(entry, 'b64_json');
		const url = stringAt(entry, 'url');
		if (base64 !== undefined) images.push(decodeImage(base64));
		else if (url !== undefined) {
			images.push(await client.bytes(url, { signal }));
		} else throw new EngineError('The engine’s answer has an image without data', 'failed');
	}
	return images;
}
