import { MonsterApiError } from '../../../core/http/errors';
import { requireSuccess, type Job } from '../../../core/jobs/submit';
import { kindOf } from '../../../core/jobs/size';
import { waitForJob } from '../../../core/jobs/wait';
import type { PollOptions } from '../../../core/polling/pollUntilDone';
import { toJobItem, type ItemOutput, type OutputOptions } from '../../../output/jobItem';
import { toJson } from '../../../output/json';
import type { JobOptions } from '../form/options';
import { readOutputShape } from '../form/outputFields';
import type { ItemContext } from '../operation';

interface AwaitedJob {
	readonly processId: string;
	readonly model?: string;
	readonly options: JobOptions;
	readonly output: OutputOptions;
	/** The job, if it was just submitted; nothing is known about an earlier one. */
	readonly submitted?: Job;
}

/**
 * Waits for a job and creates its item, files included.
 * @throws MonsterApiError
 */
export async function awaitJob(context: ItemContext, job: AwaitedJob): Promise<ItemOutput> {
	const { processId, model, options, submitted } = job;
	const outcome = await waitForJob(context.client, processId, {
		timeoutMs: options.timeoutMs,
		immediate: submitted === undefined,
		...scheduleFor(context, options, submitted),
	});
	if (outcome.kind === 'ended') {
		// A failed job has no result to get later.
		if (outcome.state.phase === 'failed') context.untrackBilled();
		return await toJobItem(context.client, requireSuccess(outcome.state), model, job.output);
	}
	const status = outcome.state?.status ?? 'UNKNOWN';
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
	const advice = `Its process ID is ${processId}: get it later with Job > Wait, increase 'Timeout', or set 'On Timeout' to 'Return the Job as It Stands'.`;
	throw new MonsterApiError(
		outcome.rateLimited === true
			? `MonsterAPI’s rate limit left no time to see whether the job ended within ${seconds} seconds`
			: `The job did not end within ${seconds} seconds and continues at MonsterAPI`,
		{
			advice: outcome.rateLimited === true ? `Lower 'Max Concurrency'. ${advice}` : advice,
			processId,
			jobStatus: status,
			retryable: false,
		},
	);
}

/** When to poll: at the user's own interval, or as the durations of earlier jobs suggest. */
function scheduleFor(
	{ durationStats }: ItemContext,
	{ schedule, polling }: JobOptions,
	submitted: Job | undefined,
): Pick<PollOptions, 'trackedJob' | 'schedule'> {
	if (submitted === undefined) {
		return { schedule: schedule ?? durationStats.defaultSchedule(polling) };
	}
	return {
		trackedJob: durationStats.trackJob(kindOf(submitted), polling),
		...(schedule === undefined ? {} : { schedule }),
	};
}

/**
 * How this item's form wants a job. An agent gets URLs only: n8n drops the files of a tool.
 * @throws MonsterApiError
 */
export const readOutputOptions = (
	{ parameters, calledByAgent }: ItemContext,
	binaryField: string,
): OutputOptions => ({
	...readOutputShape(parameters, calledByAgent),
	// Operations without files do not have this field.
	download: parameters.flag('download', 'Download', true) && !calledByAgent,
	binaryField,
});
