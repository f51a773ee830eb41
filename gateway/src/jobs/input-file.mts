import type { EngineFile } from '../engines/engine.mts';
import { AddressRefusedError } from '../files/address-policy.mts';
import { fetchFile, FetchFileError } from '../files/fetch-file.mts';
import { fileSize, type Storage } from '../files/storage.mts';
import type { Job } from './job.mts';
import { InputError } from './run-job.mts';

/**
 * Gives a job's input file on this disk, fetching it when it is a URL.
 * @throws InputError
 */
export async function openInputFile(
	job: Job,
	storage: Storage,
	options: { allowPrivateAddresses: boolean; signal: AbortSignal },
): Promise<EngineFile | undefined> {
	const { file } = job;
	if (file === undefined) return undefined;
	if (!('url' in file)) {
		const path = storage.path('inputs', job.id, file.name);
		if (path === undefined || (await fileSize(path)) === undefined) {
			throw new InputError('The input file is gone', false);
		}
		return { path, ...file };
	}
	try {
		return await fetchFile(file.url, job.id, storage, options);
	} catch (error) {
		if (options.signal.aborted) throw error;
		const transient =
			error instanceof FetchFileError ? error.transient : !(error instanceof AddressRefusedError);
		const reason = error instanceof Error ? error.message : String(error);
		throw new InputError(`The input file cannot be fetched: ${reason}`, transient, {
			cause: error,
		});
	}
}
