import { findModel } from '../catalogue';
import type { Job } from './submit';

/** Inputs that multiply the work of a job. */
const factors = ['steps', 'samples', 'max_length', 'best_of'] as const;

/** One unit of work in a recording, and in a text to be spoken. */
const bytesPerUnit = 64 * 1024;
const charactersPerUnit = 64;

/** The longest name, with the size class behind it, that a history of durations takes. */
const maxModelLength = 92;

/** The name of jobs that take about as long as each other: one model, and sizes within a factor of two. */
export const kindOf = (job: Job): string =>
	`${job.model.slice(0, maxModelLength)} ${Math.floor(Math.log2(Math.min(sizeOf(job), Number.MAX_VALUE)))}`;

/**
 * How much work a job is, in no unit; at least 1. What is not known (the length of a file behind a URL, a default of the
 * model) counts as 1.
 */
export function sizeOf({ model, inputs, file }: Job): number {
	const requested = factors.reduce((product, name) => product * atLeastOne(inputs[name]), 1);
	const source = file?.source;
	const recording = source?.kind === 'binary' ? atLeastOne(source.file.size / bytesPerUnit) : 1;
	const { prompt } = inputs;
	const speech =
		findModel(model)?.family === 'speech' && typeof prompt === 'string'
			? atLeastOne(prompt.length / charactersPerUnit)
			: 1;
	return requested * recording * speech;
}

function atLeastOne(value: unknown): number {
	const number = typeof value === 'string' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? Math.max(1, number) : 1;
}
