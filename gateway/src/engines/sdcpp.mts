import { setTimeout as sleep } from 'node:timers/promises';
import { defineDriver, fieldProperties, httpProperties, type ModelOptions } from './driver.mts';
import { EngineClient, type HttpConfig } from './http/engine-client.mts';
import { EngineError, type Engine, type EngineJob } from './engine.mts';
import { decodeImage, saveImages } from './images/image-output.mts';
import { imagePrompt, promptInputs } from './images/image-prompt.mts';
import {
	generationSize,
	readImageSize,
	requestedSize,
	sizesOf,
	sizesProperty,
	type Sizes,
} from './images/image-size.mts';
import { imageAsBase64, requiredFile } from './job-file.mts';
import { arrayAt, mergeDeep, objectAt, stringAt, type JsonObject } from './json.mts';
import { checkWith } from './http/check.mts';
import { mapParameters, type FieldMap, type FieldOverrides } from './parameters.mts';
import { photoMakerUnsupported } from './images/photo-maker.mts';

interface Options {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
	readonly sizes?: Sizes;
}
type Config = HttpConfig & Options;

const fields: FieldMap = {
	steps: 'sample_params.sample_steps',
	seed: 'seed',
	guidance_scale: 'sample_params.guidance.txt_cfg',
	image_guidance_scale: 'sample_params.guidance.img_cfg',
	strength: 'strength',
	samples: 'batch_count',
};

const optionProperties = { ...fieldProperties, sizes: sizesProperty } as const;

/** stable-diffusion.cpp's sd-server, over its own API, which has a queue. It cancels jobs that wait, and finishes what it has begun. */
export const sdcpp = defineDriver<Config, Options>({
	schema: {
		type: 'object',
		properties: { ...httpProperties, ...optionProperties },
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: optionProperties },
	families: ['image', 'image-edit'],
	unsupported: photoMakerUnsupported,
	create: createEngine,
});

function createEngine(config: Config, optionsOf: ModelOptions<Options>): Engine {
	const client = new EngineClient(config);
	return {
		check: async (signal) =>
			await checkWith(async () => {
				const capabilities = await client.json('sdcpp/v1/capabilities', { signal });
				return [stringAt(objectAt(capabilities, 'model'), 'name') || 'sd-cpp-local'];
			}, 'Is it stable-diffusion.cpp’s sd-server? LM Studio has the same usual port, 1234.'),
		async run(job, { signal }) {
			const options = optionsOf(job);
			const { request, notes } = await imageRequest(job, config, options);
			const json = mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {});
			const accepted = await client.json('sdcpp/v1/img_gen', { method: 'POST', json, signal });
			const id = stringAt(accepted, 'id');
			if (id === undefined) throw new EngineError('sd-server accepted without an id', 'failed');
			const result = await pollUntilDone(client, id, signal);
			const images = arrayAt(result, 'images')
				.map((image) => stringAt(image, 'b64_json'))
				.filter((image) => image !== undefined)
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
	const file = job.family === 'image-edit' ? requiredFile(job) : undefined;
	const own = file === undefined ? undefined : await readImageSize(file.path);
	const sizes = { ...sizesOf(job.model), ...config.sizes, ...options.sizes };
	return {
		request: {
			prompt,
			...(negative === '' ? {} : { negative_prompt: negative }),
			...(own === undefined ? {} : generationSize(own)),
			...requestedSize(job.inputs, sizes),
			...(file === undefined ? {} : { init_image: await imageAsBase64(file) }),
			...mapped.body,
			output_format: 'png',
		},
		notes: [...notes, ...mapped.notes],
	};
}

const pollIntervalMs = 500;
const cancelTimeoutMs = 5_000;

/**
 * @returns the job's `result`
 * @throws EngineError (failed) also when the server has lost the job: it keeps jobs in memory, results for 600 s
 */
async function pollUntilDone(
	client: EngineClient,
	id: string,
	signal: AbortSignal,
): Promise<JsonObject> {
	const path = `sdcpp/v1/jobs/${encodeURIComponent(id)}`;
	try {
		for (;;) {
			await sleep(pollIntervalMs, undefined, { signal });
			const answer = await client.json(path, { signal }).catch((error: unknown) => {
				throw asLost(error);
			});
			const status = stringAt(answer, 'status');
			if (status === 'completed') return objectAt(answer, 'result') ?? {};
			if (status === 'failed' || status === 'cancelled') {
				const reason = stringAt(objectAt(answer, 'error'), 'message') ?? 'no reason given';
				throw new EngineError(`sd-server’s job ${status}: ${reason}`, 'failed');
			}
		}
	} catch (error) {
		if (!signal.aborted) throw error;
		await client
			.text(`${path}/cancel`, {
				method: 'POST',
				json: {},
				signal: AbortSignal.timeout(cancelTimeoutMs),
			})
			.catch(() => undefined);
		throw signal.reason;
	}
}

/** The job had been accepted, so even a refused connection means that it is gone and has used its attempt. */
const asLost = (error: unknown): unknown =>
	error instanceof EngineError
		? new EngineError(`sd-server lost the job: ${error.message}`, 'failed', undefined, {
				cause: error,
			})
		: error;
