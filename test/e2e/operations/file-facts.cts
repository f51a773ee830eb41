import assert from 'node:assert/strict';
import { digest } from '../../../emulator/files/content-digest.cjs';
import type { Job } from '../../../emulator/generate/job.cjs';
import { findResultFile, resultFileNames } from '../../../emulator/files/result-file.cjs';
import type { State } from '../../../emulator/state.cjs';

/** What two copies of a file have in common. */
export interface FileFacts {
	readonly name: string | undefined;
	readonly mime: string | undefined;
	/** Bytes. */
	readonly size: number | undefined;
	/** Hexadecimal. */
	readonly sha256: string | undefined;
}

/** The file that a job was sent. */
export function receivedFile({ file }: Job): FileFacts {
	assert(file !== undefined, 'the emulator received no file');
	const { name, mime, size, sha256 } = file;
	return { name, mime, size, sha256 };
}

/** The files that a job made, in the order of its samples. */
export async function madeFiles(state: State, job: Job): Promise<FileFacts[]> {
	const files: FileFacts[] = [];
	for (const name of resultFileNames(job)) {
		const file = findResultFile(state, name);
		assert(file !== undefined, `the emulator has no file ${name}`);
		const { size, sha256 } = await digest(file.chunks());
		files.push({ name, mime: file.mime, size, sha256 });
	}
	return files;
}

/** The output files of an item by binary field: `data`, `data_1`, … */
export const byField = (field: string, files: readonly FileFacts[]): Record<string, FileFacts> =>
	Object.fromEntries(files.map((file, index) => [index === 0 ? field : `${field}_${index}`, file]));
