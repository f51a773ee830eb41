import type { Content } from '../files/content-digest.cjs';
import type { JobStatus } from './job-status.cjs';
import { defaultWorkMs, type ExtraModel, type Settings } from '../settings.cjs';
import { parseDirectives } from '../directive.cjs';

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
	readonly file: ReceivedFile | undefined;
	readonly webhookName: string | undefined;
	/** By the emulator's clock, in milliseconds. */
	readonly createdAt: number;
	/** Fixed on acceptance, so that changed settings affect later jobs only. */
	readonly queueMs: number;
	readonly workMs: number;
	/** Message that the job fails with. */
	readonly failure: string | undefined;
}

/** Follows from the clock alone, so that a thousand jobs need no timer. */
export function jobStatus(job: Job, now: number): JobStatus {
	const age = now - job.createdAt;
	if (age < job.queueMs) return 'IN_QUEUE';
	if (age < job.queueMs + job.workMs) return 'IN_PROGRESS';
	return job.failure === undefined ? 'COMPLETED' : 'FAILED';
}

type JobPlan = Pick<Job, 'queueMs' | 'workMs' | 'failure'>;

/**
 * Decides how a new job will go: by the settings, and by `[fail]`, `[fail: message]` and `[slow seconds]` in the
 * prompt or the file's name.
 * @param processId decides the jitter
 */
export function planJob(
	settings: Settings,
	model: string,
	processId: string,
	words: string,
): JobPlan {
	const { queueMs, workMs, jitter } = settings;
	const set = typeof workMs === 'number' ? workMs : (workMs[model] ?? workMs['default']);
	const chance = Number.parseInt(processId.slice(0, 8), 16) / 2 ** 32;
	const work = (set ?? defaultWorkMs) * (1 + jitter * (2 * chance - 1));
	const { failure, lastsMs } = parseDirectives(words);
	return {
		queueMs,
		workMs: lastsMs === undefined ? work : Math.max(0, lastsMs - queueMs),
		failure: failure === '' ? '[emulated] this job was told to fail' : failure,
	};
}
