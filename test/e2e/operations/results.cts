import type { Job } from '../../../emulator/job.cjs';
import { demand, same } from '../checks.cjs';
import { madeFiles, receivedFile, type FileFacts } from './file-facts.cjs';
import type { Run } from './run.cjs';

interface Form {
	/** Default: `data`. */
	field?: string;
	/** Whether the files are to be there; default: true. */
	download?: boolean;
	/** Default: the node is named by its model's prompt; see {@link expectFiles}. */
	prompts: readonly string[];
}

/**
 * Throws unless a node gave one item for each prompt, in their order: paired, with the job of just that prompt, and
 * with the job's files to the byte. Returns the jobs.
 */
export async function expectFiles(run: Run, node: string, form: Form): Promise<Job[]> {
	const { field = 'data', download = true, prompts } = form;
	const jobs = run.jobs(node);
	same(`prompts of "${node}"`, promptsOf(jobs), prompts);
	same(`pairing of "${node}"`, run.sources(node), [...prompts.keys()]);
	const files: Array<Record<string, FileFacts>> = [];
	const items: Array<Record<string, unknown>> = [];
	for (const job of jobs) {
		const made = await madeFiles(run.state, job);
		const named = made.map((file, index) => [index === 0 ? field : `${field}_${index}`, file]);
		files.push(download ? Object.fromEntries(named) : {});
		items.push({
			process_id: job.processId,
			model: job.model,
			status: 'COMPLETED',
			output: made.map(({ name }) => `${run.state.origin}/files/${name}`),
			credit_used: made.length,
		});
	}
	same(`items of "${node}"`, run.json(node), items);
	same(`files of "${node}"`, await run.files(node), files);
	return jobs;
}

/** Throws unless each job got, in one part of the call, the file of the item at its place. */
export function expectSent(
	jobs: readonly Job[],
	parameter: string,
	files: ReadonlyArray<FileFacts | undefined>,
): void {
	same('files sent', jobs.map(receivedFile), files);
	const ways = jobs.map(({ file }) => [file?.field, file?.source]);
	same(
		'ways of the files',
		ways,
		jobs.map(() => [parameter, 'part']),
	);
	// Were they all alike, a file at the wrong place could not be seen.
	const kinds = new Set(files.map((file) => file?.sha256));
	demand(kinds.size === files.length, 'the files are not different ones');
}

/** Throws unless each job was sent just the address at its place. */
export function expectSentUrls(
	jobs: readonly Job[],
	parameter: string,
	urls: readonly unknown[],
): void {
	const sent = jobs.map(({ file }) => [file?.field, file?.source, file?.url]);
	same(
		'addresses sent',
		sent,
		urls.map((url) => [parameter, 'url', url]),
	);
}

export const promptsOf = (jobs: readonly Job[]): unknown[] =>
	jobs.map(({ inputs }) => inputs['prompt']);

/** The first output address of each of a node's items. */
export const firstOutputs = (run: Run, node: string): unknown[] =>
	run.json(node).map(({ output }) => (Array.isArray(output) ? output[0] : undefined));

/** Throws unless the emulator has just these many jobs and refused nothing. */
export function expectJobs({ state }: Run, count: number): void {
	same('jobs', state.jobs.size, count);
	const refused = state.requests.filter(({ status }) => status < 200 || status >= 300);
	same(
		'refused requests',
		refused.map(({ method, path, status }) => [method, path, status]),
		[],
	);
}
