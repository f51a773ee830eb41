import { MonsterApiError } from '../../../core/http/errors';
import { requireSuccess, type Job } from '../../../core/jobs/submit';
import { waitForJob } from '../../../core/jobs/wait';
import type { PollOptions } from '../../../core/polling/pollUntilDone';
import { toItem, toJson, type OutputOptions, type ItemOutput } from '../../output/jobItem';
import type { ItemContext } from '../operation';
import type { JobOptions } from './options';

export interface AwaitedJob {
	readonly processId: string;
	readonly model?: string;
	readonly options: JobOptions;
	readonly form: OutputOptions;
	/** What was handed over just now; for a job of earlier days nothing is known. */
	readonly handedOver?: Job;
}

/**
 * Waits for a job and makes the item of it, files included.
 * @throws MonsterApiError
 */
export async function awaitJob(context: ItemContext, job: AwaitedJob): Promise<ItemOutput> {
	const { processId, model, options, handedOver } = job;
	const waited = await waitForJob(context.client, processId, {
		timeoutMs: options.timeoutMs,
		immediate: handedOver === undefined,
		...expectationOf(context, options, handedOver),
	});
	if (waited.kind === 'ended') {
		// There is nothing to fetch later.
		if (waited.state.phase === 'failed') context.untrackBilled();
		return await toItem(context.client, requireSuccess(waited.state), model, job.form);
	}
	const status = waited.state?.status ?? 'UNKNOWN';
	if (options.onTimeout === 'return') {
		return {
			json: toJson({
				process_id: processId,
				...(model === undefined ? {} : { model }),
				status,
				timed_out: true,
			}),
		};
	}
	const seconds = options.timeoutMs / 1000;
	const rescue = `Its process ID is ${processId}: fetch it later with Job > Wait, raise the Timeout option, or set On Timeout to return the job as it stands.`;
	throw new MonsterApiError(
		waited.rateLimited === true
			? `MonsterAPI’s rate limit left no time to see whether the job ended within ${seconds} seconds`
			: `The job did not end within ${seconds} seconds and goes on at MonsterAPI`,
		{
			advice: waited.rateLimited === true ? `Lower Max Concurrency. ${rescue}` : rescue,
			processId,
			jobStatus: status,
			retryable: false,
		},
	);
}

/** When to look: at the user's own pace, or as the jobs before suggest. */
function expectationOf(
	{ durationStats: experience }: ItemContext,
	{ schedule, polling }: JobOptions,
	handedOver: Job | undefined,
): Pick<PollOptions, 'trackedJob' | 'schedule'> {
	if (handedOver === undefined) {
		return { schedule: schedule ?? experience.defaultSchedule(polling) };
	}
	return {
		trackedJob: experience.trackJob(handedOver, polling),
		...(schedule === undefined ? {} : { schedule }),
	};
}

/**
 * How this item's form wants a job. An agent gets the URLs: n8n drops the files of a tool.
 * @throws MonsterApiError
 */
export const readOutputOptions = (
	{ parameters, calledByAgent }: ItemContext,
	binaryField: string,
): OutputOptions => ({
	simplify: parameters.flag('simplify', 'Simplify', true),
	// Operations without files have no such field.
	download: parameters.flag('download', 'Download', true) && !calledByAgent,
	binaryField,
});
