import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { defineDriver } from './driver.mts';
import { emulatedPng } from './emulation/emulated-image.mts';
import { emulatedSound } from './emulation/emulated-sound.mts';
import { emulatedTranscript } from './emulation/emulated-transcript.mts';
import type { Engine, EngineContext, EngineFile, EngineJob, EngineOutput } from './engine.mts';
import { requestedSize, sizesOf } from './images/image-size.mts';
import { numberInput, textInput } from './parameters.mts';

interface Config {
	/** Milliseconds that each job takes. */
	readonly delayMs?: number;
}

/** Answers without any model, plainly marked: for trying a workflow, and for tests. */
export const emulated = defineDriver<Config>({
	schema: {
		type: 'object',
		properties: {
			delayMs: {
				type: 'integer',
				minimum: 0,
				default: 0,
				description: 'Milliseconds that each job takes',
			},
		},
	},
	families: ['text', 'image', 'image-edit', 'transcription', 'speech'],
	create: createEngine,
});

export const emulatedNote = 'Emulated: no model was run.';

function createEngine({ delayMs = 0 }: Config): Engine {
	return {
		check: () => Promise.resolve({ reachable: true, models: [] }),
		async run(job, context) {
			await work(delayMs, context);
			return { output: await outputOf(job), notes: [emulatedNote] };
		},
	};
}

const steps = 10;

async function work(delayMs: number, { signal, progress }: EngineContext): Promise<void> {
	signal.throwIfAborted();
	if (delayMs === 0) return;
	try {
		for (let step = 1; step <= steps; step++) {
			await sleep(delayMs / steps, undefined, { signal });
			progress(step / steps);
		}
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	}
}

async function outputOf(job: EngineJob): Promise<EngineOutput> {
	switch (job.family) {
		case 'text':
			return {
				kind: 'text',
				text: `[emulated] ${job.model} was asked: ${textInput(job.inputs, 'prompt')}`,
			};
		case 'transcription':
			return { kind: 'transcript', transcript: await emulatedTranscript(job) };
		case 'image':
		case 'image-edit':
			return { kind: 'files', files: await imagesOf(job) };
		case 'speech':
			return {
				kind: 'files',
				files: [await save(job, 'emulated.wav', 'audio/wav', emulatedSound(job.inputs))],
			};
	}
}

async function imagesOf(job: EngineJob): Promise<readonly EngineFile[]> {
	const size = requestedSize(job.inputs, sizesOf(job.model)) ?? { width: 512, height: 512 };
	const seed = numberInput(job.inputs, 'seed') ?? crc32(textInput(job.inputs, 'prompt'));
	const count = numberInput(job.inputs, 'samples') ?? 1;
	return await Promise.all(
		Array.from({ length: count }, (_none, index) =>
			save(job, `emulated-${index}.png`, 'image/png', emulatedPng(size, seed + index)),
		),
	);
}

async function save(
	job: EngineJob,
	name: string,
	mimeType: string,
	data: Buffer,
): Promise<EngineFile> {
	const path = join(job.workFolder, name);
	await writeFile(path, data, { flag: 'wx' });
	return { path, name, mimeType, size: data.length };
}
