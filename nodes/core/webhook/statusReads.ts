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
	 * Reads a job. A read under way is shared if it has begun since the callback was received; an earlier one may have missed
	 * what the callback is about, so then all who wait for its end share the next one.
	 * @returns undefined when it is not needed any more
	 */
	read(client: Client, request: ReadRequest): Promise<ReadState | undefined>;
}

interface ReadRequest {
	readonly processId: string;
	/** When the callback was received, on the host's clock. */
	readonly receivedAt: number;
	/** On the host's clock, for the end of a rate limit. */
	readonly deadline: number;
	/** Asked before a next read. */
	readonly isNeeded: () => boolean;
}

/** Milliseconds from one read of a job to the next, where callbacks about it arrive together. */
const minGapMs = 250;

interface Read {
	readonly state: Promise<ReadState>;
	readonly startedAt: number;
}

/** One read per job at a time, however many callbacks about it arrive. For one trigger. */
export function createStatusReads(): StatusReads {
	const reads = new Map<string, Read>();
	const start = (client: Client, processId: string, deadline: number): Promise<ReadState> => {
		const state = fetchState(client, processId, deadline).finally(() => reads.delete(processId));
		reads.set(processId, { state, startedAt: client.host.now() });
		return state;
	};
	return {
		async read(client, { processId, receivedAt, deadline, isNeeded }) {
			const current = reads.get(processId);
			if (current !== undefined && current.startedAt < receivedAt) {
				await current.state;
				const { host, signal } = client;
				// At least a turn of the event loop, because its own callers decide first.
				await host.sleep(Math.max(0, current.startedAt + minGapMs - host.now()), signal);
				if (!isNeeded()) return undefined;
			}
			return await (reads.get(processId)?.state ?? start(client, processId, deadline));
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
			const { status, wrongAddress } = error.details;
			if (status === 404 && wrongAddress !== true) return { kind: 'unknown' };
			const reason = status === 429 ? rateLimited : error.explanation;
			return { kind: 'unreadable', reason };
		},
	);
