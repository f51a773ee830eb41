import { findModel } from '../catalogue';
import type { Job } from './submit';

/** Inputs whose numbers multiply the work of a job. */
const factors = ['steps', 'samples', 'max_length', 'best_of'] as const;

/** So much of a recording, or of a text to be spoken, counts as one. */
const bytesOfFile = 64 * 1024;
const lettersOfSpeech = 64;

/**
 * How much work a job is, in no unit: jobs of one model whose sizes are alike take about as long. What is not known
 * (the length of a file behind a URL, a default of the model) counts as one.
 */
export function sizeOf({ model, inputs, file }: Job): number {
	const asked = factors.reduce((product, name) => product * atLeastOne(inputs[name]), 1);
	const source = file?.source;
	const read = source?.kind === 'binary' ? atLeastOne(source.file.size / bytesOfFile) : 1;
	const { prompt } = inputs;
	const spoken =
		findModel(model)?.family === 'speech' && typeof prompt === 'string'
			? atLeastOne(prompt.length / lettersOfSpeech)
			: 1;
	return asked * read * spoken;
}

function atLeastOne(value: unknown): number {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? Math.max(1, number) : 1;
}
