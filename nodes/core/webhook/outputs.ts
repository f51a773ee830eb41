import type { Client } from '../api/client';
import { MonsterApiError } from '../api/errors';
import { patienceMs } from '../api/limits';
import type { JobState } from '../api/status';
import { downloadOutputs } from '../jobs/run';
import { onStop } from '../stop';

/** A job's stored files in the order of the samples, or why they are not there. */
export type Outputs<Stored> = { readonly files: Stored[] } | { readonly failed: string };

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
	const forget = onStop(signal, () => late.abort());
	host.sleep(patienceMs.callbackFiles, done.signal).then(
		() => late.abort(),
		() => undefined,
	);
	const outputs = await downloadOutputs(client.scoped(late.signal), state).then(
		(files) => ({ files }),
		(error: unknown) => ({
			failed:
				error instanceof MonsterApiError
					? error.message
					: `The result file could not be fetched${late.signal.aborted ? ' in time' : ''}`,
		}),
	);
	forget();
	done.abort();
	return outputs;
}
