import type { JobState } from '../../../core/api/status';
import { MonsterApiError } from '../../../core/http/errors';
import { requireSuccess, type Job } from '../../../core/jobs/submit';
import { kindOf } from '../../../core/jobs/size';
import { waitForJob } from '../../../core/jobs/wait';
import type { PollOptions, PollOutcome } from '../../../core/polling/pollUntilDone';
import { toJobItems, type ItemOutput, type OutputOptions } from '../../../output/jobItem';
import { toJson } from '../../../output/json';
import type { JobOptions } from '../form/options';
import { readOutputShape } from '../form/outputFields';
import type { ItemContext } from '../operation';
import { noteResult } from './resultNotes';

interface AwaitedJob {
	readonly processId: string;
	readonly model?: string;
	readonly options: JobOptions;
	readonly output: OutputOptions;
	/** The name of the file that the job reads, if it is known. */
	readonly recording?: string;
	/** The job, if it was just submitted; nothing is known about an earlier one. */
	readonly submitted?: Job;
}

/**
 * Waits for a job and creates its items, files included.
 * @throws MonsterApiError
 */
export async function awaitJob(context: ItemContext, job: AwaitedJob): Promise<ItemOutput[]> {
	const { processId, model, options, submitted } = job;
	const outcome = await waitForJob(context.client, processId, {
		timeoutMs: options.timeoutMs,
		immediate: submitted === undefined,
		...scheduleFor(context, options, submitted),
	});
	if (outcome.kind === 'ended') {
		// A failed job has no result to get later.
		if (outcome.state.phase === 'failed') context.untrackBilled();
		const state = requireSuccess(outcome.state);
		noteResult(context, state);
		return await toJobItems(context.client, state, model, job.output, job.recording);
	}
	const status = outcome.state?.status ?? 'UNKNOWN';
	if (options.onTimeout === 'return') {
		const json = toJson({
			process_id: processId,
			...(model === undefined ? {} : { model }),
			status,
			timed_out: true,
			...(outcome.fault === undefined ? {} : { message: outcome.fault.explanation }),
		});
		return [{ json }];
	}
	throw timeoutError(outcome, job);
}

/** Says only what was seen: neither that a job continues nor that there is one, if its status could not be read. */
function timeoutError(
	{ state, fault, rateLimited }: Extract<PollOutcome<JobState>, { kind: 'timedOut' }>,
	{ processId, options, submitted }: AwaitedJob,
): MonsterApiError {
	const inTime = `within ${options.timeoutMs / 1000} seconds`;
	const advice = `Its process ID is ${processId}: get it later with Job > Wait, increase 'Timeout', or set 'On Timeout' to 'Return the Job as It Stands'.`;
	const details = {
		processId,
		retryable: false,
		...(state === undefined ? {} : { jobStatus: state.status }),
		...(fault?.details.status === undefined ? {} : { status: fault.details.status }),
	};
	if (rateLimited === true) {
		return new MonsterApiError(
			`MonsterAPI’s rate limit left no time to see whether the job ended ${inTime}`,
			{ ...details, advice: `Lower 'Max Concurrency'. ${advice}` },
		);
	}
	if (fault === undefined) {
		return new MonsterApiError(`The job did not end ${inTime} and continues at MonsterAPI`, {
			...details,
			advice,
		});
	}
	const neverSeen =
		submitted === undefined
			? `The status of the job could not be read ${inTime}`
			: `MonsterAPI accepted the job, but its status could not be read ${inTime}`;
	return new MonsterApiError(
		state === undefined
			? neverSeen
			: `The job had not ended when its status was last read, and could not be read again ${inTime}`,
		{ ...details, advice: `${fault.explanation} ${advice}` },
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
	{
		outputBinaryField,
		itemPerFile,
		maxFileBytes,
	}: Pick<JobOptions, 'outputBinaryField' | 'itemPerFile' | 'maxFileBytes'>,
): OutputOptions => ({
	...readOutputShape(parameters, calledByAgent),
	// Operations without files do not have this field.
	download: parameters.flag('download', 'Download', true) && !calledByAgent,
	binaryField: outputBinaryField,
	maxFileBytes,
	itemPerFile,
});
