import type { Job } from '../generate/job.cjs';
import type { JobStatus } from '../generate/job-status.cjs';
import { resultFileNames } from '../files/result-file.cjs';
import type { State } from '../state.cjs';
import { answerText } from './text.cjs';
import { transcript } from './transcript.cjs';

const pendingResults = { absent: {}, null: { result: null }, empty: { result: {} } } as const;

/** What `/status` and a callback say of the result in this status of a job: the same in both. */
export function resultPart(state: State, job: Job, status: JobStatus): { result?: unknown } {
	switch (status) {
		case 'IN_QUEUE':
		case 'IN_PROGRESS':
			return pendingResults[state.settings.pendingResult];
		case 'FAILED':
			return { result: { errorMessage: job.failure } };
		case 'COMPLETED':
			return { result: resultOf(state, job) };
	}
}

/** `result` of a completed job, in the shape of its model's family. */
function resultOf(state: State, job: Job): Readonly<Record<string, unknown>> {
	switch (job.family) {
		case 'text':
			return { text: answerText(job) };
		case 'echo':
			return { text: JSON.stringify(echo(job)) };
		case 'transcription':
			return transcript(job);
		case 'image':
		case 'imageEdit':
		case 'speech':
			return { output: resultFileNames(job).map((name) => `${state.origin}/files/${name}`) };
	}
}

/** What a job cost: one credit for each output file, or one in all. */
export const creditOf = (job: Job): number => Math.max(1, resultFileNames(job).length);

function echo({ inputs, file }: Job): Readonly<Record<string, unknown>> {
	if (file === undefined || file.source === 'url') return inputs;
	const { field, name, mime, size, sha256 } = file;
	return { ...inputs, [field]: { name, mime, size, sha256 } };
}
