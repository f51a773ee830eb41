import type { Content } from './content.cjs';
import { defaultWorkMs, type ExtraModel, type Settings } from './settings.cjs';
import { wishIn } from './wish.cjs';

export type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** The file of a job: what was sent, and where the emulator could read it also what is in it. */
export interface ReceivedFile extends Partial<Content> {
	/** Name of the part or field that brought it. */
	readonly field: string;
	readonly name: string;
	readonly source: 'part' | 'url';
	readonly mime?: string;
	readonly url?: string;
}

export interface Job {
	readonly processId: string;
	readonly model: string;
	readonly family: ExtraModel;
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly file?: ReceivedFile;
	readonly webhookName?: string;
	/** By the emulator's clock, in milliseconds. */
	readonly createdAt: number;
	/** Fixed when the job is taken, so that later settings change later jobs alone. */
	readonly queueMs: number;
	readonly workMs: number;
	/** Message that the job fails with. */
	readonly failure?: string;
}

/** Where a job stands: its life follows from the clock alone, so that a thousand jobs need no timer. */
export function jobStatus(job: Job, now: number): JobStatus {
	const age = now - job.createdAt;
	if (age < job.queueMs) return 'IN_QUEUE';
	if (age < job.queueMs + job.workMs) return 'IN_PROGRESS';
	return job.failure === undefined ? 'COMPLETED' : 'FAILED';
}

type Course = Pick<Job, 'queueMs' | 'workMs' | 'failure'>;

/**
 * How a new job will go: by the settings, and by the words `[fail]`, `[fail: message]` and `[slow seconds]` that the
 * prompt or the file's name may hold.
 * @param processId decides the jitter
 */
export function courseOf(
	settings: Settings,
	model: string,
	processId: string,
	words: string,
): Course {
	const { queueMs, workMs, jitter } = settings;
	const set = typeof workMs === 'number' ? workMs : (workMs[model] ?? workMs['default']);
	const chance = Number.parseInt(processId.slice(0, 8), 16) / 2 ** 32;
	const work = (set ?? defaultWorkMs) * (1 + jitter * (2 * chance - 1));
	const { failure, lastsMs } = wishIn(words);
	return {
		queueMs,
		workMs: lastsMs === undefined ? work : Math.max(0, lastsMs - queueMs),
		failure: failure === '' ? '[emulated] this job was told to fail' : failure,
	};
}
