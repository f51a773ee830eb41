import { readFile } from 'node:fs/promises';
import { EngineError, type EngineFile, type EngineJob } from './engine.mts';

/** The input file of a job whose model reads one. @throws EngineError (final) when there is none */
export function requiredFile(job: EngineJob): EngineFile {
	if (job.file !== undefined) return job.file;
	throw new EngineError(`${job.model} needs a file`, 'final');
}

/** What a picture may have for an engine that takes it inside of JSON, where it is held in memory. */
const maxImageBytes = 64 * 1024 * 1024;

/** A picture in Base64. @throws EngineError (final) when it is too large */
export async function imageAsBase64({ path, name, size }: EngineFile): Promise<string> {
	if (size <= maxImageBytes) return await readFile(path, 'base64');
	throw new EngineError(`${name} has ${size} bytes, more than ${maxImageBytes}`, 'final');
}
