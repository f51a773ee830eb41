import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { generate, type Acceptance } from '../api/generate';
import type { JobState } from '../api/status';
import type { FileRule } from '../files/accept';
import { attachFile, jsonBody, type FileSource, type JobInputs } from '../files/attach';
import { downloadFile } from '../files/download';
import { outputUrls } from './output';

export interface Job {
	readonly model: string;
	/** Under the API's own names; only what the user set. */
	readonly inputs: JobInputs;
	readonly file?: { readonly rule: FileRule; readonly source: FileSource };
	/** The registered webhook that is told about the job. */
	readonly webhookName?: string;
}

/** How long a submission may be put off by 429s when the user set no time limit, in milliseconds. */
const longestQueueMs = 600_000;

/**
 * Hands a job over, its file included, and writes its process id to the log: a paid job can be traced whatever happens
 * next.
 * @param timeoutMs how long to keep trying while the API says 429; the upload of a large file does not count
 * @throws MonsterApiError
 */
export async function submitJob(client: Client, job: Job, timeoutMs: number): Promise<Acceptance> {
	const { host } = client;
	const body =
		job.file === undefined
			? jsonBody(job.inputs)
			: await attachFile(client, job.inputs, job.file.rule, job.file.source);
	const acceptance = await generate(client, {
		model: job.model,
		body: body.make,
		carriesFile: body.carriesFile,
		...(job.webhookName === undefined ? {} : { webhookName: job.webhookName }),
		deadline: host.now() + Math.min(timeoutMs, longestQueueMs),
	});
	// The id stands in the text itself: n8n's usual log drops the details.
	host.log(`MonsterAPI accepted job ${acceptance.processId} (${job.model})`, {
		processId: acceptance.processId,
		model: job.model,
	});
	return acceptance;
}

/**
 * The state of a job that has finished well.
 * @throws MonsterApiError with the API's own words when the job failed
 */
export function requireSuccess(state: JobState): JobState {
	if (state.phase !== 'failed') return state;
	throw new MonsterApiError(
		`MonsterAPI could not finish the job: ${state.failure ?? state.status}`,
		{
			advice: `Check the input, or try again. The job was ${state.processId}.`,
			processId: state.processId,
			jobStatus: state.status,
			retryable: true,
		},
	);
}

/** Fetches every output file of a finished job, and tells of each what became of it, in the order of the samples. */
export const settleOutputs = async <Stored>(
	client: Client<Stored>,
	state: JobState,
): Promise<Array<PromiseSettledResult<Stored>>> =>
	await Promise.allSettled(
		outputUrls(state).map(
			async (url, index) => await downloadFile(client, url, `${state.processId}_${index}`),
		),
	);

/**
 * Fetches every output file of a finished job, in the order of the samples.
 * @throws MonsterApiError that carries the job's id and the files' URLs: what is paid is not lost
 */
export async function downloadOutputs<Stored>(
	client: Client<Stored>,
	state: JobState,
): Promise<Stored[]> {
	const fetched = await settleOutputs(client, state);
	return fetched.map((one) => {
		if (one.status === 'fulfilled') return one.value;
		const error: unknown = one.reason;
		if (!(error instanceof MonsterApiError)) throw error;
		const { processId, status: jobStatus } = state;
		throw error.with({
			advice:
				`${error.details.advice ?? ''} Fetch job ${processId} again with Job > Get; with Download off that gives the URLs.`.trim(),
			processId,
			jobStatus,
			output: outputUrls(state),
			// Another attempt at the file makes sense, another job does not.
			retryable: false,
		});
	});
}
