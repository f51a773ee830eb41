import {
	EngineError,
	type EngineFile,
	type EngineJob,
	type EngineResult,
} from '../engines/engine.mts';
import { toResult } from '../engines/result.mts';
import type { ModelConfig } from '../config/config.mts';
import { Storage } from '../files/storage.mts';
import type { EngineRuntime } from './engine-runtime.mts';
import type { Job, JobResult } from './job.mts';

/** How a run ended, and what that says about the engine. */
export type RunOutcome =
	| { readonly kind: 'completed'; readonly result: JobResult }
	/** For good: the same run would end the same way. */
	| { readonly kind: 'refused'; readonly message: string; readonly engineIs: EngineHealth }
	| { readonly kind: 'failed'; readonly message: string; readonly engineIs: EngineHealth }
	| {
			readonly kind: 'notReady';
			readonly message: string;
			readonly retryAfterMs: number | undefined;
	  }
	| { readonly kind: 'stopped' };

export type EngineHealth = 'well' | 'faulty' | 'unknown';

export interface RunContext {
	readonly storage: Storage;
	/** Gives the job's input file, fetching it when it is somewhere else. */
	readonly openInput: (job: Job, signal: AbortSignal) => Promise<EngineFile | undefined>;
	readonly onProgress: (fraction: number) => void;
	readonly log: (message: string) => void;
	/** Aborted when the gateway stops. */
	readonly signal: AbortSignal;
}

/** A problem with the job's input. */
export class InputError extends Error {
	override readonly name = 'InputError';
	readonly transient: boolean;

	constructor(message: string, transient: boolean, options?: ErrorOptions) {
		super(message, options);
		this.transient = transient;
	}
}

/** Runs a job on its engine, up to the files in their place. Settles nothing. Never throws. */
export async function runJob(
	job: Job,
	model: ModelConfig,
	runtime: EngineRuntime,
	context: RunContext,
): Promise<RunOutcome> {
	const { storage, log } = context;
	const owner = `${job.id}-${job.run}`;
	const deadline = AbortSignal.timeout(runtime.config.deadlineMs);
	const signal = AbortSignal.any([context.signal, deadline]);
	try {
		const file = await context.openInput(job, signal);
		const engineJob: EngineJob = {
			model: job.model,
			engineModel: model.model,
			modelConfig: model.options,
			family: model.family,
			inputs: job.inputs,
			file,
			workFolder: await storage.workFolder(owner),
		};
		const ran = await runtime.engine.run(engineJob, { signal, progress: context.onProgress, log });
		for (const note of ran.notes) log(note);
		const urls = await publishFiles(job, ran, storage);
		return { kind: 'completed', result: toResult(engineJob, ran, urls) };
	} catch (error) {
		if (context.signal.aborted) return { kind: 'stopped' };
		if (deadline.aborted) {
			const seconds = Math.round(runtime.config.deadlineMs / 1000);
			return {
				kind: 'refused',
				message: `The engine '${runtime.name}' did not finish within its deadline of ${seconds} s`,
				engineIs: 'faulty',
			};
		}
		return outcomeOf(error);
	} finally {
		await storage.remove('work', owner).catch(() => undefined);
	}
}

function outcomeOf(error: unknown): RunOutcome {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof InputError) {
		return { kind: error.transient ? 'failed' : 'refused', message, engineIs: 'unknown' };
	}
	if (!(error instanceof EngineError)) return { kind: 'failed', message, engineIs: 'faulty' };
	switch (error.kind) {
		case 'notReady':
			return { kind: 'notReady', message, retryAfterMs: error.retryAfterMs };
		case 'final':
			return { kind: 'refused', message, engineIs: 'well' };
		case 'failed':
			return { kind: 'failed', message, engineIs: 'faulty' };
	}
}

/** Result files lie under a random name; MonsterAPI's own are `<process id>_<index>`. */
async function publishFiles(job: Job, ran: EngineResult, storage: Storage): Promise<string[]> {
	if (ran.output.kind !== 'files') return [];
	const owner = Storage.newToken();
	const urls: string[] = [];
	for (const [index, file] of ran.output.files.entries()) {
		const extension = /\.[a-z0-9]+$/i.exec(file.name)?.[0] ?? '';
		const name = `${job.id}_${index}${extension}`;
		await storage.publish(file.path, owner, name);
		urls.push(`${job.baseUrl}/files/results/${owner}/${name}`);
	}
	return urls;
}
