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
	 * Reads a job, from now on: a read that has begun is not used. Callers who wait for the same job share the next read.
	 * @param deadline on the host's clock, for the end of a rate limit
	 */
	read(client: Client, processId: string, deadline: number): Promise<ReadState>;
}

interface Read {
	readonly result: Promise<ReadState>;
	next?: Promise<ReadState>;
}

/** One read per job at a time, however many callbacks about it arrive. For one trigger. */
export function createStatusReads(): StatusReads {
	const reads = new Map<string, Read>();
	const start = async (client: Client, processId: string, deadline: number): Promise<ReadState> => {
		const read: Read = { result: fetchState(client, processId, deadline) };
		reads.set(processId, read);
		const state = await read.result;
		if (read.next === undefined) reads.delete(processId);
		return state;
	};
	return {
		async read(client, processId, deadline) {
			const current = reads.get(processId);
			if (current === undefined) return await start(client, processId, deadline);
			current.next ??= current.result.then(async () => await start(client, processId, deadline));
			return await current.next;
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
