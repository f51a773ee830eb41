import type { Address } from '../service-process.cjs';

export const apiKey = 'benchmark-key';

/** What every contender asks: a short question each, so that each answer tells its job. */
export const promptOf = (job: number): string => `Question ${job}.`;

export const model = 'falcon-7b-instruct';

/** A recording that is sent with each job of the second workload. */
export const recording = { name: 'talk.mp3', type: 'audio/mpeg', bytes: 200_000 } as const;
export const recordingModel = 'whisper';

/** Somebody who hands over jobs and brings back their texts, in order. */
export interface Contender {
	/** Loads what it needs; not measured. */
	prepare(work: Work): Promise<() => Promise<unknown[]>>;
}

export interface Work extends Address {
	readonly jobs: number;
	/** Whether each job takes a recording in place of a question. */
	readonly withFile: boolean;
	/** Folders of other packages. */
	readonly rivals: { readonly official: string; readonly n8nNodes: string };
}
