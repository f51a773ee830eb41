import { setTimeout as sleep } from 'node:timers/promises';
import { defineDriver, fieldProperties, httpProperties, type ModelOptions } from './driver.mts';
import { EngineClient, type HttpConfig } from './http/engine-client.mts';
import type { Engine, EngineContext, EngineJob } from './engine.mts';
import { decodeImage, saveImages } from './images/image-output.mts';
import { imagePrompt, promptInputs } from './images/image-prompt.mts';
import {
	generationSize,
	readImageSize,
	requestedSize,
	sizesOf,
	sizesProperty,
	type Size,
	type Sizes,
} from './images/image-size.mts';
import { imageAsBase64, requiredFile } from './job-file.mts';
import { arrayAt, mergeDeep, numberAt, stringAt, type JsonObject } from './json.mts';
import { checkWith } from './http/check.mts';
import { mapParameters, type FieldMap, type FieldOverrides } from './parameters.mts';
import { photoMakerUnsupported } from './images/photo-maker.mts';

interface Options {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
	readonly sizes?: Sizes;
}
interface Config extends HttpConfig, Options {
	/** `user:password` of `--api-auth`. */
	readonly auth?: string;
}

const fields: FieldMap = {
	steps: 'steps',
	seed: 'seed',
	guidance_scale: 'cfg_scale',
	image_guidance_scale: 'image_cfg_scale',
	strength: 'denoising_strength',
	// One after another: a batch needs the memory of all of them at once.
	samples: 'n_iter',
};

const optionProperties = { ...fieldProperties, sizes: sizesProperty } as const;

/** AUTOMATIC1111's API: Stable Diffusion web UI, Forge, SD.Next. */
export const sdapi = defineDriver<Config, Options>({
	schema: {
		type: 'object',
		properties: {
			...httpProperties,
			...optionProperties,
			auth: {
				type: 'string',
				pattern: '^[^:]+:',
				description: 'user:password of --api-auth',
			},
		},
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: optionProperties },
	families: ['image', 'image-edit'],
	unsupported: photoMakerUnsupported,
	create: createEngine,
});

function createEngine({ auth, ...config }: Config, optionsOf: ModelOptions<Options>): Engine {
	const client = new EngineClient({
		...config,
		headers: {
			...config.headers,
			...(auth === undefined
				? {}
				: { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
		},
	});
	return {
		check: async (signal) =>
			await checkWith(async () => {
				const models = await client.json('sdapi/v1/sd-models', { signal });
				return (Array.isArray(models) ? models : [])
					.map((model) => stringAt(model, 'title'))
					.filter((title) => title !== undefined);
			}, 'Start it with --api, and put a checkpoint into its models folder.'),
		async run(job, context) {
			const options = optionsOf(job);
			const { request, notes } = await imageRequest(job, config, options);
			const path = job.family === 'image-edit' ? 'sdapi/v1/img2img' : 'sdapi/v1/txt2img';
			const json = mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {});
			const answer = await withProgress(client, context, () =>
				client.json(path, { method: 'POST', json, signal: context.signal }),
			);
			const images = arrayAt(answer, 'images')
				.filter((image) => typeof image === 'string')
				.map(decodeImage);
			return { output: { kind: 'files', files: await saveImages(job, images) }, notes };
		},
	};
}

async function imageRequest(
	job: EngineJob,
	config: Config,
	options: Options,
): Promise<{ request: JsonObject; notes: readonly string[] }> {
	const { prompt, negative, notes } = imagePrompt(job.inputs);
	const mapped = mapParameters(job.inputs, {
		fields,
		overrides: { ...config.fields, ...options.fields },
		handled: promptInputs,
	});
	let size: Size | undefined;
	let images: JsonObject = {};
	if (job.family === 'image-edit') {
		const file = requiredFile(job);
		const own = await readImageSize(file.path);
		size = own === undefined ? undefined : generationSize(own);
		// Always base64: a URL would be fetched by that server.
		images = { init_images: [await imageAsBase64(file)] };
	}
	size =
		requestedSize(job.inputs, { ...sizesOf(job.model), ...config.sizes, ...options.sizes }) ?? size;
	return {
		request: {
			prompt,
			...(negative === '' ? {} : { negative_prompt: negative }),
			...images,
			...size,
			...mapped.body,
			...(job.engineModel === undefined
				? {}
				: {
						override_settings: { sd_model_checkpoint: job.engineModel },
						// Putting the former one back would cost a reload after each job.
						override_settings_restore_afterwards: false,
					}),
			send_images: true,
			save_images: false,
		},
		notes: [...notes, ...mapped.notes],
	};
}

const progressIntervalMs = 1_000;
const interruptTimeoutMs = 5_000;

/** Reports the server's progress while it works, and interrupts it when the job is aborted: an ended request alone does not. */
async function withProgress<T>(
	client: EngineClient,
	{ signal, progress }: EngineContext,
	work: () => Promise<T>,
): Promise<T> {
	const done = new AbortController();
	const watching = watch(client, AbortSignal.any([signal, done.signal]), progress);
	try {
		return await work();
	} catch (error) {
		if (signal.aborted) {
			await client
				.text('sdapi/v1/interrupt', {
					method: 'POST',
					json: {},
					signal: AbortSignal.timeout(interruptTimeoutMs),
				})
				.catch(() => undefined);
		}
		throw error;
	} finally {
		done.abort();
		await watching;
	}
}

async function watch(
	client: EngineClient,
	signal: AbortSignal,
	report: (fraction: number) => void,
): Promise<void> {
	try {
		while (!signal.aborted) {
			await sleep(progressIntervalMs, undefined, { signal });
			const answer = await client.json('sdapi/v1/progress?skip_current_image=true', { signal });
			const fraction = numberAt(answer, 'progress');
			if (fraction !== undefined) report(Math.min(1, Math.max(0, fraction)));
		}
	} catch {
		// The work has ended, or the server does not tell (sd-server has no progress).
	}
}
