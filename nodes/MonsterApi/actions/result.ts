import type { IBinaryData, IBinaryKeyData } from 'n8n-workflow';

import { MonsterApiError } from '../../core/api/errors';
import type { JobState } from '../../core/api/status';
import { simplify, verbatim } from '../../core/jobs/output';
import { downloadOutputs, requireSuccess } from '../../core/jobs/run';
import { waitForJob } from '../../core/jobs/wait';
import type { ItemContext, ItemOutput } from './operation';
import type { JobOptions } from './options';
import { toJson } from './output';

export interface AwaitedJob {
	readonly processId: string;
	readonly model?: string;
	readonly options: JobOptions;
	/** For a job that was handed over some time ago. */
	readonly lookAtOnce?: boolean;
}

/**
 * Waits for a job and makes the item of it, files included.
 * @throws MonsterApiError
 */
export async function finishJob(context: ItemContext, job: AwaitedJob): Promise<ItemOutput> {
	const { processId, model, options } = job;
	const waited = await waitForJob(context.client, processId, {
		timeoutMs: options.timeoutMs,
		lookAtOnce: job.lookAtOnce ?? false,
		schedule: options.schedule,
	});
	if (waited.kind === 'ended') {
		return await toItem(context, requireSuccess(waited.state), model, options.outputBinaryField);
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
	throw new MonsterApiError(
		`The job did not end within ${options.timeoutMs / 1000} seconds and goes on at MonsterAPI`,
		{
			advice: `Its process ID is ${processId}: fetch it later with Job > Wait, raise the Timeout option, or set On Timeout to return the job as it stands.`,
			processId,
			jobStatus: status,
			retryable: false,
		},
	);
}

/** The item of a job as it stands: its JSON, and its output files when they are wanted. */
export async function toItem(
	context: ItemContext,
	state: JobState,
	model: string | undefined,
	binaryField: string,
): Promise<ItemOutput> {
	const { client, parameters, calledByAgent } = context;
	const json = toJson(
		parameters.flag('simplify') ? simplify(state, model) : verbatim(state, model),
	);
	// An agent gets the URLs: n8n drops the files of a tool.
	if (!parameters.flag('download') || calledByAgent) return { json };
	const files = await downloadOutputs(client, state);
	return files.length === 0 ? { json } : { json, binary: named(files, binaryField) };
}

const named = (files: readonly IBinaryData[], field: string): IBinaryKeyData =>
	Object.fromEntries(files.map((file, index) => [index === 0 ? field : `${field}_${index}`, file]));
