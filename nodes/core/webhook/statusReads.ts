import { getStatus, type JobState } from '../api/status';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';

/** What the API says about a job, or why it could not be read. */
export type ReadState =
	| { readonly kind: 'state'; readonly state: JobState }
	| { readonly kind: 'unknown' }
	| { readonly kind: 'unreadable'; readonly reason: string };

export interface StatusReads {
	/**
	 * Reads a job. One that is being read already is read once more, because that read may have missed what the callback is
	 * about; all callers who wait for its end share the next one.
	 * @param deadline on the host's clock, for the end of a rate limit
	 * @param isNeeded asked before a next read
	 * @returns undefined when it is not needed any more
	 */
	read(
		client: Client,
		processId: string,
		deadline: number,
		isNeeded: () => boolean,
	): Promise<ReadState | undefined>;
}

/** One read per job at a time, however many callbacks about it arrive. For one trigger. */
export function createStatusReads(): StatusReads {
	const reads = new Map<string, Promise<ReadState>>();
	const start = (client: Client, processId: string, deadline: number): Promise<ReadState> => {
		const read = fetchState(client, processId, deadline).finally(() => reads.delete(processId));
		reads.set(processId, read);
		return read;
	};
	return {
		async read(client, processId, deadline, isNeeded) {
			const earlier = reads.get(processId);
			if (earlier !== undefined) {
				await earlier;
				// Its own callers decide first.
				await client.host.sleep(0, client.signal);
				if (!isNeeded()) return undefined;
			}
			return await (reads.get(processId) ?? start(client, processId, deadline));
		},
	};
}

/**
 * Milliseconds that one status request may take, with its retries: the sender is waiting. In a burst the request may have
 * been queued for that long, so its first attempt gets as long again; otherwise a callback would be rejected unchecked.
 */
const verifyMs = 20_000;

const rateLimited =
	'MonsterAPI’s rate limit left no time to check it. Get the job with Job > Get; upgrade the plan if this happens often.';

const fetchState = async (
	client: Client,
	processId: string,
	deadline: number,
): Promise<ReadState> =>
	await getStatus(client, processId, {
		maxAttempts: Infinity,
		deadline,
		totalTimeoutMs: verifyMs,
		minTimeoutMs: verifyMs,
	}).then(
		(state): ReadState => ({ kind: 'state', state }),
		(error: unknown): ReadState => {
			if (!(error instanceof MonsterApiError)) {
				return { kind: 'unreadable', reason: 'MonsterAPI could not be asked' };
			}
			const { status, advice = '' } = error.details;
			if (status === 404) return { kind: 'unknown' };
			const reason = status === 429 ? rateLimited : `${error.message}. ${advice}`.trim();
			return { kind: 'unreadable', reason };
		},
	);
