import { extname, join } from 'node:path';
import { convertToWav, NoConverterError, recognizerRate } from './programs/convert-audio.mts';
import { defineDriver, type ModelOptions } from './driver.mts';
import { EngineClient } from './http/engine-client.mts';
import {
	EngineError,
	type Engine,
	type EngineContext,
	type EngineFile,
	type EngineJob,
	type Transcript,
} from './engine.mts';
import { requiredFile } from './job-file.mts';
import { isObject, parseJson } from './json.mts';
import { checkHealth, checkWith } from './http/check.mts';
import { listModels, modelFor } from './model-name.mts';
import { textFields } from './http/multipart.mts';
import { mapParameters, textInput } from './parameters.mts';
import { assignSpeakers, parseTurns } from './transcripts/speakers.mts';
import {
	dialects,
	transcriptionModelSchema,
	transcriptionSchema,
	type DiarizeOptions,
	type TranscriptionConfig,
	type TranscriptionOptions,
} from './transcripts/transcription-dialects.mts';
import { parseVerboseJson } from './transcripts/whisper-json.mts';

/** Any server with OpenAI's `/audio/transcriptions`: Speaches, LocalAI, vLLM, OpenAI; and whisper.cpp's server. */
export const openAiTranscriptions = defineDriver<TranscriptionConfig, TranscriptionOptions>({
	schema: transcriptionSchema,
	modelSchema: transcriptionModelSchema,
	families: ['transcription'],
	create: createEngine,
});

function createEngine(
	config: TranscriptionConfig,
	optionsOf: ModelOptions<TranscriptionOptions>,
): Engine {
	const client = new EngineClient(config);
	const dialect = dialects[config.dialect ?? 'openai'];
	return {
		check: async (signal) =>
			dialect.health === undefined
				? await checkWith(
						() => listModels(client, signal),
						"The engine's 'url' usually ends in /v1, and a model has to be installed there.",
					)
				: await checkHealth(client, dialect.health, signal, 'Start whisper-server with a model.'),
		async run(job, context) {
			const { signal } = context;
			const options = optionsOf(job);
			const { body, notes: mapped } = mapParameters(job.inputs, {
				fields: dialect.fields,
				overrides: { ...config.fields, ...options.fields },
				handled: [...readHere, ...(dialect.implied ?? [])],
			});
			const model = dialect.oneModel
				? undefined
				: await modelFor(job, config.model, () => listModels(client, signal));
			const file = await readableFile(job, dialect.reads, context);
			const entries = {
				...(model === undefined ? {} : { model }),
				...languageOf(job, dialect.anyLanguage),
				...body,
				...dialect.formFor(job.inputs, model),
				...config.extra,
				...options.extra,
			};
			const form = { fields: textFields(entries), file, fileField: 'file' };
			const path = config.path ?? dialect.path;
			const answer = await client.text(path, { method: 'POST', form, signal });
			const spoken = readAnswer(answer);
			const diarizer = options.diarize ?? config.diarize;
			const { transcript, notes } =
				job.inputs['diarize'] === true && diarizer !== undefined
					? await diarized(client, diarizer, { job, file, spoken, context })
					: { transcript: spoken, notes: [] };
			return { output: { kind: 'transcript', transcript }, notes: [...mapped, ...notes] };
		},
	};
}

const readHere = ['transcription_format', 'diarize', 'num_speakers', 'language'];

/** `none` is what the vendor's own form sends for finding the language out. */
function languageOf(job: EngineJob, anyLanguage: string | undefined): { language?: string } {
	const asked = textInput(job.inputs, 'language');
	const language = asked === 'none' ? (anyLanguage ?? '') : asked;
	return language === '' ? {} : { language };
}

/** Some servers answer plain text whatever they are asked for. */
function readAnswer(answer: string): Transcript {
	const parsed = parseJson(answer);
	if (!isObject(parsed)) return { text: answer.trim() };
	const transcript = parseVerboseJson(parsed);
	if (transcript !== undefined) return transcript;
	throw new EngineError(`The engine’s answer has no text: ${answer.slice(0, 200)}`, 'failed');
}

/** The job's file, converted when the engine does not decode its form. */
async function readableFile(
	job: EngineJob,
	reads: readonly string[] | undefined,
	{ signal, log }: EngineContext,
): Promise<EngineFile> {
	const file = requiredFile(job);
	if (reads === undefined || reads.includes(extname(file.name).toLowerCase())) {
		return file;
	}
	const to = join(job.workFolder, 'converted.wav');
	try {
		return await convertToWav(file.path, to, recognizerRate, signal);
	} catch (error) {
		if (!(error instanceof NoConverterError)) throw error;
		log(`${error.message}: ${file.name} is sent as it is`);
		return file;
	}
}

interface Spoken {
	readonly job: EngineJob;
	readonly file: EngineFile;
	readonly spoken: Transcript;
	readonly context: EngineContext;
}

/** A transcript with speakers; without them, and a note, when the diarizer fails: the transcript itself is not lost. */
async function diarized(
	client: EngineClient,
	{ path, model }: DiarizeOptions,
	{ job, file, spoken, context }: Spoken,
): Promise<{ transcript: Transcript; notes: readonly string[] }> {
	try {
		const { num_speakers } = job.inputs;
		const fields = textFields({
			...(model === undefined ? {} : { model }),
			...(typeof num_speakers === 'number' ? { num_speakers } : {}),
		});
		const form = { fields, file, fileField: 'file' };
		const answer = await client.json(path, { method: 'POST', form, signal: context.signal });
		const segments = assignSpeakers(spoken.segments ?? [], parseTurns(answer));
		return { transcript: { ...spoken, segments }, notes: [] };
	} catch (error) {
		context.signal.throwIfAborted();
		const reason = error instanceof Error ? error.message : String(error);
		context.log(`Diarization failed: ${reason}`);
		return { transcript: spoken, notes: [`Diarization failed: ${reason}`] };
	}
}
