import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { maxQueueMs } from '../http/timeouts';
import { generate, type Acceptance } from '../api/generate';
import type { JobState } from '../api/status';
import type { FileRule } from '../files/accept';
import { attachFile, jsonBody, type FileSource, type JobInputs } from '../files/attach';
import { downloadFile, storeFile } from '../files/download';
import { shortAddress } from '../files/dataUrl';
import { recordAccepted } from './acceptedJobs';
import { outputAddresses } from './outputFiles';
import { subtitleFile } from './subtitles';

export interface Job {
	readonly model: string;
	/** By the API's parameter names; only what the user set. */
	readonly inputs: JobInputs;
	readonly file?: { readonly rule: FileRule; readonly source: FileSource };
	/** The registered webhook to call about the job. */
	readonly webhookName?: string;
}

/**
 * Submits a job with its file and logs its process ID, so that the job can be found whatever happens next: it is billed.
 * @param timeoutMs how long to retry after 429s; the upload of a large file does not count
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
		body: body.create,
		carriesFile: body.carriesFile,
		...(job.webhookName === undefined ? {} : { webhookName: job.webhookName }),
		deadline: host.now() + Math.min(timeoutMs, maxQueueMs),
	});
	recordAccepted(acceptance.processId);
	// The ID is part of the message because n8n's default log drops the details.
	host.log(`MonsterAPI accepted job ${acceptance.processId} (${job.model})`, {
		processId: acceptance.processId,
		model: job.model,
	});
	return acceptance;
}

/**
 * The state of a job that has not failed.
 * @throws MonsterApiError with the API's reason when the job failed
 */
export function requireSuccess(state: JobState): JobState {
	if (state.phase !== 'failed') return state;
	throw new MonsterApiError(
		`MonsterAPI could not finish the job: ${state.failure ?? state.status}`,
		{
			advice: `Check the input, or try again. The job's process ID is ${state.processId}.`,
			processId: state.processId,
			jobStatus: state.status,
			retryable: true,
		},
	);
}

/** No model makes more than four files. */
const maxFiles = 100;

/**
 * Downloads all output files of a finished job, in the order of the samples, and settles each on its own. Of more than
 * a hundred none is downloaded, which counts as one failure. Subtitles, which are part of the answer, are the last file.
 * @param maxFileBytes the size of each file
 * @param recording the name of the file that the job read, if it is known
 */
export async function settleOutputs<Stored>(
	client: Client<Stored>,
	state: JobState,
	maxFileBytes = Infinity,
	recording?: string,
): Promise<Array<PromiseSettledResult<Stored>>> {
	const urls = outputAddresses(state, client.baseUrl);
	if (urls.length > maxFiles) {
		const message = `The job has ${urls.length} output files, and no more than ${maxFiles} are downloaded`;
		return [{ status: 'rejected', reason: new MonsterApiError(message) }];
	}
	const subtitles = subtitleFile(state, recording);
	return await Promise.allSettled([
		...urls.map(
			async (url, index) =>
				await downloadFile(client, url, `${state.processId}_${index}`, maxFileBytes),
		),
		...(subtitles === undefined ? [] : [storeFile(client, subtitles.bytes, subtitles)]),
	]);
}

/**
 * Downloads all output files of a finished job, in the order of the samples, and stores its subtitles.
 * @param recording the name of the file that the job read, if it is known
 * @throws MonsterApiError with the job's ID and the files' URLs, since they have been paid for
 */
export async function downloadOutputs<Stored>(
	client: Client<Stored>,
	state: JobState,
	maxFileBytes = Infinity,
	recording?: string,
): Promise<Stored[]> {
	const results = await settleOutputs(client, state, maxFileBytes, recording);
	return results.map((result) => {
		if (result.status === 'fulfilled') return result.value;
		const error: unknown = result.reason;
		if (!(error instanceof MonsterApiError)) throw error;
		const { processId, status: jobStatus } = state;
		throw error.with({
			advice:
				`${error.details.advice ?? ''} Get job ${processId} again with Job > Get; with 'Download' off it returns the URLs.`.trim(),
			processId,
			jobStatus,
			output: outputAddresses(state, client.baseUrl).map(shortAddress),
			// Retrying the download makes sense, submitting another job does not.
			retryable: false,
		});
	});
}
