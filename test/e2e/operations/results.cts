import assert from 'node:assert/strict';
import type { Job } from '../../../emulator/generate/job.cjs';
import { expectEqual } from '../checks.cjs';
import { byField, madeBy, receivedFile, type FileFacts } from './file-facts.cjs';
import type { Run } from './run.cjs';

interface Form {
	/** Default: `data`. */
	field?: string;
	/** Whether the files are downloaded; default: true. */
	download?: boolean;
	/** The prompts of the jobs, in the order of the items. */
	prompts: readonly string[];
}

/**
 * Throws unless a node returned one item for each prompt, in order: paired, with the job of that prompt and with that
 * job's files, byte for byte. Returns the jobs.
 */
export async function expectFiles(run: Run, node: string, form: Form): Promise<Job[]> {
	const { field = 'data', download = true, prompts } = form;
	const jobs = run.jobs(node);
	expectEqual(`prompts of "${node}"`, promptsOf(jobs), prompts);
	expectEqual(`pairing of "${node}"`, run.sources(node), [...prompts.keys()]);
	const files: Array<Record<string, FileFacts>> = [];
	const items: Array<Record<string, unknown>> = [];
	for (const job of jobs) {
		const { output, status, files: made } = await madeBy(run.state, job);
		files.push(download ? byField(field, made) : {});
		items.push({
			process_id: job.processId,
			model: job.model,
			status: 'COMPLETED',
			output,
			credit_used: status.credit_used,
		});
	}
	expectEqual(`items of "${node}"`, run.json(node), items);
	expectEqual(`files of "${node}"`, await run.files(node), files);
	return jobs;
}

/** Throws unless each job was sent the file of its own item, in one part of the request. */
export function expectSent(
	jobs: readonly Job[],
	parameter: string,
	files: ReadonlyArray<FileFacts | undefined>,
): void {
	expectEqual('files sent', jobs.map(receivedFile), files);
	const ways = jobs.map(({ file }) => [file?.field, file?.source]);
	expectEqual(
		'ways of the files',
		ways,
		jobs.map(() => [parameter, 'part']),
	);
	// With equal files a mix-up would go unnoticed.
	const kinds = new Set(files.map((file) => file?.sha256));
	assert(kinds.size === files.length, 'the files are not different ones');
}

/** Throws unless each job was sent the URL of its own item. */
export function expectSentUrls(
	jobs: readonly Job[],
	parameter: string,
	urls: readonly unknown[],
): void {
	const sent = jobs.map(({ file }) => [file?.field, file?.source, file?.url]);
	expectEqual(
		'addresses sent',
		sent,
		urls.map((url) => [parameter, 'url', url]),
	);
}

export const promptsOf = (jobs: readonly Job[]): unknown[] =>
	jobs.map(({ inputs }) => inputs['prompt']);

/** The first output URL of each of a node's items. */
export const firstOutputs = (run: Run, node: string): unknown[] =>
	run
		.json(node)
		.map(({ output }) => (Array.isArray(output) ? (output as unknown[])[0] : undefined));

/** Throws unless MonsterAPI has exactly `count` jobs and rejected no request. */
export function expectJobs(run: Run, count: number): void {
	expectEqual('jobs', run.state.jobs.size, count);
	expectEqual(
		'refused requests',
		run.refused().map(({ method, path, status }) => [method, path, status]),
		[],
	);
}
