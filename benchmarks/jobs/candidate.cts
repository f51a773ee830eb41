import type { EmulatorAddress } from '../processes.cjs';

export const apiKey = 'benchmark-key';

/** The prompt of a job. The emulator repeats it, which identifies the result. */
export const promptOf = (job: number): string => `Question ${job}.`;

export const model = 'falcon-7b-instruct';

export interface Work extends EmulatorAddress {
	readonly jobs: number;
	/** The folder of n8n's own nodes. */
	readonly n8nNodes: string;
}

/** A client that submits jobs and returns their texts in order. */
export interface Candidate {
	/** Loads what it needs, which is not measured. @returns what is measured */
	prepare(work: Work): Promise<() => Promise<unknown[]>>;
}
