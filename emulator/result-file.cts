import { landscape } from './image.cjs';
import { jobStatus, type Job } from './job.cjs';
import { melody } from './sound.cjs';
import type { State } from './state.cjs';

/** A file that a job made. */
export interface ResultFile {
	readonly mime: string;
	/** Bytes. */
	readonly size: number;
	/** The file from its start, in pieces; may be read more than once. */
	chunks(): Iterable<Buffer>;
}

/** Names under /files/ of what a job makes, first sample first; empty for jobs that make no files. */
export function resultFileNames({ processId, family, inputs }: Job): readonly string[] {
	if (family === 'speech') return [`${processId}_0.wav`];
	if (family !== 'image' && family !== 'imageEdit') return [];
	const samples = Number(inputs['samples'] ?? 1);
	const count = Number.isInteger(samples) && samples >= 1 && samples <= 10 ? samples : 1;
	return Array.from({ length: count }, (_unused, index) => `${processId}_${index}.png`);
}

/** Finds a result file by name; undefined when there is none, or its job has not completed. */
export function findResultFile(state: State, name: string): ResultFile | undefined {
	const job = state.jobs.get(/^(.+)_\d+\.(?:png|wav)$/.exec(name)?.[1] ?? '');
	if (job === undefined || jobStatus(job, state.now()) !== 'COMPLETED') return undefined;
	const index = resultFileNames(job).indexOf(name);
	if (index === -1) return undefined;
	const mime = job.family === 'speech' ? 'audio/wav' : 'image/png';
	const { resultBytes } = state.settings;
	if (typeof resultBytes === 'number') {
		return { mime, size: resultBytes, chunks: () => pattern(resultBytes) };
	}
	const bytes = job.family === 'speech' ? melody(job.inputs) : landscape(job.inputs, index);
	return { mime, size: bytes.length, chunks: () => [bytes] };
}

/** Odd, so that a piece lost or doubled on a usual boundary shows in the hash. */
const block = Buffer.from(Array.from({ length: 65521 }, (_unused, index) => (index * 31) & 0xff));

/** The bytes of a result file under `settings.resultBytes`: the same for the same size, at no cost in memory. */
export function* pattern(size: number): Generator<Buffer> {
	for (let left = size; left > 0; left -= block.length) yield block.subarray(0, left);
}
