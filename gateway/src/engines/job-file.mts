import { EngineError, type EngineFile, type EngineJob } from './engine.mts';

/** The input file of a job whose model reads one. @throws EngineError (final) when there is none */
export function requiredFile(job: EngineJob): EngineFile {
	if (job.file !== undefined) return job.file;
	throw new EngineError(`${job.model} needs a file`, 'final');
}
