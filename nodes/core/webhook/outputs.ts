import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { totalTimeoutMs } from '../http/timeouts';
import type { JobState } from '../api/status';
import { missingFiles } from '../jobs/outputFiles';
import { settleOutputs } from '../jobs/submit';
import { onAbort } from '../onAbort';

interface Outputs<Stored> {
	/** In the order of the samples; undefined if one could not be downloaded. */
	readonly files: ReadonlyArray<Stored | undefined>;
	/** Why the first of those could not be downloaded, or that the result has none. */
	readonly failure?: string;
}

/**
 * Downloads the output files of a job that called back, within two minutes: the execution starts only afterwards. Never
 * rejects, because the event must not be lost when a file cannot be downloaded.
 */
export async function downloadWithinLimit<Stored>(
	client: Client<Stored>,
	state: JobState,
	model: string | undefined,
	maxFileBytes = Infinity,
): Promise<Outputs<Stored>> {
	const { host, signal } = client;
	const timeout = new AbortController();
	const done = new AbortController();
	const unsubscribe = onAbort(signal, () => timeout.abort());
	host.sleep(totalTimeoutMs.callbackFiles, done.signal).then(
		() => timeout.abort(),
		() => undefined,
	);
	const results = await settleOutputs(client.withSignal(timeout.signal), state, maxFileBytes);
	unsubscribe();
	done.abort();
	const files = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
	const rejected = results.find((result) => result.status === 'rejected');
	if (rejected === undefined) {
		const missing = missingFiles(state, model, client.baseUrl);
		return missing === undefined ? { files } : { files, failure: missing };
	}
	const reason: unknown = rejected.reason;
	return {
		files,
		failure:
			reason instanceof MonsterApiError
				? reason.message
				: `The result file could not be downloaded${timeout.signal.aborted ? ' in time' : ''}`,
	};
}
