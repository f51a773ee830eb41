import type { Client } from '../http/client';
import { getStatus, type JobState } from '../api/status';
import { pollUntilDone, type PollOutcome, type PollOptions } from '../polling/pollUntilDone';

/** Looks at a finished job that has no result yet: the result may be written a moment later. */
const looksForResult = 3;

/**
 * Waits until a job has ended.
 * @throws MonsterApiError with the process id when the API refuses to tell
 * @throws StoppedError
 */
export function waitForJob(
	client: Client,
	processId: string,
	options: PollOptions,
): Promise<PollOutcome<JobState>> {
	let resultless = 0;
	return pollUntilDone<JobState>(
		client,
		{
			poll: (limits) => getStatus(client, processId, limits),
			isTerminal(state) {
				if (state.phase === 'running') return false;
				const whole = state.phase === 'failed' || state.result !== undefined;
				return whole || ++resultless >= looksForResult;
			},
			// Refusals come quickly, whatever the model.
			isRepresentative: ({ phase }) => phase === 'completed',
			toError: (error, state) =>
				// Whatever the fault, sending the job again is no remedy.
				error.with({
					processId,
					retryable: false,
					...(state === undefined ? {} : { jobStatus: state.status }),
				}),
		},
		options,
	);
}
