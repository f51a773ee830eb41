import { tally } from '../../../emulator/content.cjs';
import type { Job } from '../../../emulator/job.cjs';
import { findResultFile, resultFileNames } from '../../../emulator/result-file.cjs';
import type { State } from '../../../emulator/state.cjs';
import { demand } from '../checks.cjs';

/** What two copies of one file must have in common. */
export interface FileFacts {
	readonly name?: string;
	readonly mime?: string;
	/** Bytes. */
	readonly size?: number;
	/** Hexadecimal. */
	readonly sha256?: string;
}

/** The file that a job was sent. */
export function receivedFile({ file }: Job): FileFacts {
	demand(file !== undefined, 'the emulator received no file');
	const { name, mime, size, sha256 } = file;
	return { name, mime, size, sha256 };
}

/** The files that a job made, in the order of its samples. */
export async function madeFiles(state: State, job: Job): Promise<FileFacts[]> {
	const files: FileFacts[] = [];
	for (const name of resultFileNames(job)) {
		const file = findResultFile(state, name);
		demand(file !== undefined, `the emulator has no file ${name}`);
		const { size, sha256 } = await tally(file.chunks());
		files.push({ name, mime: file.mime, size, sha256 });
	}
	return files;
}
