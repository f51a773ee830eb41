import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { patienceMs } from '../http/limits';
import type { JobState } from '../api/status';
import { settleOutputs } from '../jobs/submit';
import { onAbort } from '../onAbort';

/** What came of a job's files. */
export interface Outputs<Stored> {
	/** In the order of the samples; undefined stands for one that could not be fetched. */
	readonly files: ReadonlyArray<Stored | undefined>;
	/** Why the first of those could not be fetched. */
	readonly failed?: string;
}

/**
 * Fetches the output files of a job that called back, within two minutes: the execution begins only afterwards. Never
 * rejects, since a file that cannot be fetched now must not lose the event.
 */
export async function fetchOutputs<Stored>(
	client: Client<Stored>,
	state: JobState,
): Promise<Outputs<Stored>> {
	const { host, signal } = client;
	const late = new AbortController();
	const done = new AbortController();
	const forget = onAbort(signal, () => late.abort());
	host.sleep(patienceMs.callbackFiles, done.signal).then(
		() => late.abort(),
		() => undefined,
	);
	const fetched = await settleOutputs(client.withSignal(late.signal), state);
	forget();
	done.abort();
	const files = fetched.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
	const failure = fetched.find((one) => one.status === 'rejected');
	if (failure === undefined) return { files };
	const reason: unknown = failure.reason;
	return {
		files,
		failed:
			reason instanceof MonsterApiError
				? reason.message
				: `The result file could not be fetched${late.signal.aborted ? ' in time' : ''}`,
	};
}
