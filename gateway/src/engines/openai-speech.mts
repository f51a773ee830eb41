import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
	defineDriver,
	fieldProperties,
	httpProperties,
	modelProperty,
	type ModelOptions,
} from './driver.mts';
import { EngineClient, type HttpConfig } from './http/engine-client.mts';
import {
	EngineError,
	type Engine,
	type EngineContext,
	type EngineFile,
	type EngineJob,
} from './engine.mts';
import { mergeDeep, type JsonObject } from './json.mts';
import { checkWith } from './http/check.mts';
import { listModels, modelFor } from './model-name.mts';
import { mapParameters, textInput, type FieldMap, type FieldOverrides } from './parameters.mts';
import { finishSpeech } from './speech/speech-output.mts';
import { splitText } from './speech/text-parts.mts';
import { voiceFor, voiceProperties, type VoiceOptions } from './speech/voices.mts';
import { joinWavs, readWavFormat } from './speech/wav.mts';

interface Options extends VoiceOptions {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
}
interface Config extends HttpConfig, Options {
	readonly model?: string;
	readonly dialect?: 'openai' | 'speaches';
}

/* Speaches can make any sample rate by itself. */
const fields: Readonly<Record<NonNullable<Config['dialect']>, FieldMap>> = {
	openai: {},
	speaches: { sample_rate: 'sample_rate' },
};

/** Speaches refuses rates outside of these. */
const minRate = 8_000;
const maxRate = 48_000;

const makesRate = ({ dialect }: Config, rate: unknown): boolean =>
	dialect === 'speaches' && typeof rate === 'number' && rate >= minRate && rate <= maxRate;

/** OpenAI's limit for one call; longer texts are spoken in parts and joined. */
const maxPartLength = 4_096;
const maxPartBytes = 512 * 1024 * 1024;
const defaultVoice = 'alloy';

const optionProperties = { ...fieldProperties, ...voiceProperties } as const;

/** Any server with OpenAI's `/audio/speech`: Speaches, LocalAI, OpenAI, Kokoro servers. */
export const openAiSpeech = defineDriver<Config, Options>({
	schema: {
		type: 'object',
		properties: {
			...httpProperties,
			...optionProperties,
			model: modelProperty,
			dialect: {
				enum: Object.keys(fields),
				default: 'openai',
				description: 'Which server it is; speaches: sample_rate is sent along',
			},
		},
		required: ['url'],
	},
	modelSchema: { type: 'object', properties: optionProperties },
	families: ['speech'],
	create: createEngine,
});

function createEngine(config: Config, optionsOf: ModelOptions<Options>): Engine {
	const client = new EngineClient(config);
	return {
		check: async (signal) =>
			await checkWith(
				() => listModels(client, signal),
				"The engine's 'url' usually ends in /v1, and a voice has to be installed there.",
			),
		async run(job, context) {
			const options = optionsOf(job);
			const { voice, notes } = voiceFor(job.inputs, { ...config, ...options }, defaultVoice);
			const mapped = mapParameters(job.inputs, {
				fields: fields[config.dialect ?? 'openai'],
				overrides: { ...config.fields, ...options.fields },
				// A sample rate that the engine cannot make is made afterwards.
				handled: [
					'prompt',
					'speaker',
					...(makesRate(config, job.inputs['sample_rate']) ? [] : ['sample_rate']),
				],
			});
			const request = {
				model: await modelFor(job, config.model, () => listModels(client, context.signal)),
				voice,
				response_format: 'wav',
				...mapped.body,
			};
			const json = mergeDeep(mergeDeep(request, config.extra ?? {}), options.extra ?? {});
			const parts = await speakParts(client, job, json, context);
			const spoken = await joinParts(job, parts, context.signal);
			return {
				output: { kind: 'files', files: [spoken.file] },
				notes: [...notes, ...mapped.notes, ...spoken.notes],
			};
		},
	};
}

interface Part {
	readonly path: string;
	readonly contentType: string;
}

async function speakParts(
	client: EngineClient,
	job: EngineJob,
	json: JsonObject,
	{ signal, progress }: EngineContext,
): Promise<readonly Part[]> {
	const texts = splitText(textInput(job.inputs, 'prompt'), maxPartLength);
	if (texts.length === 0) throw new EngineError('There is no text to speak', 'final');
	const parts: Part[] = [];
	for (const [index, input] of texts.entries()) {
		const path = join(job.workFolder, `part-${index}`);
		const contentType = await client.download('audio/speech', {
			method: 'POST',
			json: { ...json, input },
			signal,
			to: path,
			maxBytes: maxPartBytes,
		});
		parts.push({ path, contentType });
		progress((index + 1) / texts.length);
	}
	return parts;
}

/** One WAV; or, from a server that answers another form whatever it is asked for, that file as it is. */
async function joinParts(
	job: EngineJob,
	parts: readonly Part[],
	signal: AbortSignal,
): Promise<{ file: EngineFile; notes: readonly string[] }> {
	const [first] = parts;
	if (first !== undefined && (await readWavFormat(first.path)) === undefined) {
		return { file: await asItIs(job, parts, first), notes: [] };
	}
	const joined = join(job.workFolder, 'joined.wav');
	await joinWavs(
		parts.map(({ path }) => path),
		joined,
	);
	await Promise.all(parts.map(({ path }) => rm(path)));
	return await finishSpeech(job, joined, signal);
}

const extensions: Readonly<Record<string, string>> = {
	'audio/mpeg': 'mp3',
	'audio/mp3': 'mp3',
	'audio/ogg': 'ogg',
	'audio/opus': 'ogg',
	'audio/flac': 'flac',
	'audio/aac': 'aac',
};

async function asItIs(job: EngineJob, parts: readonly Part[], first: Part): Promise<EngineFile> {
	const mimeType = first.contentType.split(';')[0]?.trim() ?? '';
	const extension = extensions[mimeType];
	if (extension === undefined || parts.length > 1) {
		throw new EngineError(
			`The engine answered ${mimeType === '' ? 'an unknown form' : mimeType} where WAV was asked for`,
			'final',
		);
	}
	const name = `speech.${extension}`;
	const path = join(job.workFolder, name);
	await rename(first.path, path);
	return { path, name, mimeType, size: (await stat(path)).size };
}
