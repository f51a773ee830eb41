import assert from 'node:assert/strict';
import { digest, type Content } from '../../../emulator/files/content-digest.cjs';
import type { Job } from '../../../emulator/generate/job.cjs';
import { resultFileNames } from '../../../emulator/files/result-file.cjs';
import type { State } from '../../../emulator/state.cjs';
import { expectEqual } from '../checks.cjs';
import { readJob, type JobStatus } from '../job-status.cjs';

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
	assert(file !== undefined, 'MonsterAPI received no file');
	const { name, mime, size, sha256 } = file;
	return { name, mime, size, sha256 };
}

/** What a job made. */
export interface Made {
	/** What the API says of the job. */
	readonly status: JobStatus;
	/** Where its files are. */
	readonly output: readonly string[];
	readonly files: readonly FileFacts[];
}

/** What a completed job made, as anybody gets it from the API: its files in the order of its samples. */
export async function madeBy(state: State, job: Job): Promise<Made> {
	const status = await readJob(state, job.processId);
	expectEqual('status at the API', status.status, 'COMPLETED');
	const { output = [] } = status.result ?? {};
	expectEqual('names of the files', output.map(nameIn), resultFileNames(job));
	const files: FileFacts[] = [];
	for (const url of output) {
		const { type, size, sha256 } = await readUrl(url);
		files.push({ name: nameIn(url), mime: type, size, sha256 });
	}
	return { status, output, files };
}

/** The file behind an address, with its declared type. Throws unless the answer is 200. */
export async function readUrl(url: string): Promise<Content & { type: string | undefined }> {
	const response = await fetch(url);
	expectEqual(`answer of ${url}`, response.status, 200);
	const type = response.headers.get('content-type') ?? undefined;
	return { type, ...(await digest([Buffer.from(await response.arrayBuffer())])) };
}

/** The name of the file at the end of an address. */
export const nameIn = (url: string): string =>
	decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');

/** The output files of an item by binary field: `data`, `data_1`, … */
export const byField = (field: string, files: readonly FileFacts[]): Record<string, FileFacts> =>
	Object.fromEntries(files.map((file, index) => [index === 0 ? field : `${field}_${index}`, file]));
