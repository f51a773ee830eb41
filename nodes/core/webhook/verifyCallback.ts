import { readId } from '../api/ids';
import { parseJobState, type JobState } from '../api/status';
import type { Client } from '../http/client';
import { textOf } from '../json';
import { finalStatuses, nonFinalStatuses, type Callback } from './callback';
import { createDeduplicator, type Deduplicator } from './deduplicator';
import { createStatusReads, type ReadState, type StatusReads } from './statusReads';
import { createUnknownJobs, type LookUp, type UnknownJobs } from './unknownJobs';

export interface VerifyOptions {
	/** The statuses that start the workflow. */
	readonly statuses: readonly string[];
	/** Only these models; empty for all. */
	readonly models: readonly string[];
	/** Whether to read the job from the API and pass on only the API's response. */
	readonly verify: boolean;
	readonly ignoreDuplicates: boolean;
}

/** What to do with a callback. */
export type Verdict =
	/** Answered with 200; nothing starts. */
	| { readonly kind: 'ignored' }
	| Rejected
	| { readonly kind: 'accepted'; readonly state: JobState; readonly model: string | undefined };

/** Nothing starts, although the callback may have been genuine: `reason` is for n8n's log. */
interface Rejected {
	/** `refused` is answered with 401, `throttled` with 429 and `unavailable` with 503, so that the sender can retry. */
	readonly kind: 'refused' | 'throttled' | 'unavailable';
	readonly reason: string;
}

type StatusCallback = Extract<Callback, { kind: 'status' }>;

/** What a trigger knows about the jobs that it is called about. */
export interface CallbackState {
	readonly deduplicator: Deduplicator;
	readonly reads: StatusReads;
	readonly unknownJobs: UnknownJobs;
}

/** @param maxDeliveries how many deliveries are remembered */
export const createCallbackState = (maxDeliveries: number): CallbackState => ({
	deduplicator: createDeduplicator(maxDeliveries),
	reads: createStatusReads(),
	unknownJobs: createUnknownJobs(),
});

/**
 * Milliseconds that a callback waits for a rate limit in total: the longest Retry-After and one status request. MonsterAPI
 * does not promise to send it again.
 */
const maxRateLimitMs = 140_000;

/** The status may be written a moment after the callback is sent: a callback is forged only if the API keeps denying it. */
const consistencyRetryMs = [300, 700, 1_500];

/**
 * Decides on a callback whose token was right. Callbacks may be late, repeated or forged: what counts is what the API says
 * about the job now.
 */
export async function verifyCallback(
	client: Client,
	callback: StatusCallback,
	trigger: CallbackState,
	options: VerifyOptions,
): Promise<Verdict> {
	const { processId, status } = callback;
	const { deduplicator } = trigger;
	const models = options.models.map((model) => model.toLowerCase());
	const isUnwanted = (jobStatus: string, model: string | undefined) =>
		!options.statuses.includes(jobStatus) ||
		(models.length > 0 && model !== undefined && !models.includes(model.toLowerCase())) ||
		(options.ignoreDuplicates && deduplicator.isDuplicate(processId, jobStatus));
	// No request for what would be ignored even if it were true.
	if (isUnwanted(status, callback.model)) {
		if (!options.verify && finalStatuses.includes(status)) {
			deduplicator.add(processId, status);
			deduplicator.started(processId, status);
		}
		return ignored;
	}
	const state = options.verify
		? await lookUp(client, callback, trigger, () => !isUnwanted(status, callback.model))
		: parseUnverified(client, callback);
	if ('kind' in state) return state;
	const model = textOf(state.raw, 'model_name') ?? callback.model;
	// No other callback can come in between this check and the record of it.
	if (isUnwanted(state.status, model)) return ignored;
	deduplicator.add(processId, state.status);
	return { kind: 'accepted', state, model };
}

const ignored = { kind: 'ignored' } as const;

const refused = (reason: string): Rejected => ({ kind: 'refused', reason });

const unavailable = (reason: string): Rejected => ({ kind: 'unavailable', reason });

const throttled: Rejected = {
	kind: 'throttled',
	reason:
		'Many callbacks were about jobs that MonsterAPI does not know. For a minute only jobs that this n8n knows are checked. Somebody may have the URL of the trigger: change the API key, and publish the workflow again.',
};

const unknownJob = refused('MonsterAPI does not know its job');

/** The state according to the sender, confirmed by nobody. */
function parseUnverified(client: Client, { processId, body }: StatusCallback): JobState | Rejected {
	const parsed = parseJobState(body, processId, client.secrets);
	return 'value' in parsed ? parsed.value : refused(parsed.unreadable);
}

/** The state according to the API, unless too many jobs were unknown to it. */
async function lookUp(
	client: Client,
	callback: StatusCallback,
	{ reads, unknownJobs }: CallbackState,
	isNeeded: () => boolean,
): Promise<JobState | Rejected | typeof ignored> {
	const { host } = client;
	const { processId } = callback;
	const receivedAt = host.now();
	const request = { processId, receivedAt, deadline: receivedAt + maxRateLimitMs, isNeeded };
	const entry = await unknownJobs.enter(processId, receivedAt);
	if (entry.kind === 'throttled') return throttled;
	if (entry.kind === 'unknown') return unknownJob;
	let outcome: LookUp = 'undecided';
	try {
		const pausesMs = entry.isRecheck ? [] : consistencyRetryMs;
		const read = await fetchConfirmed(client, callback, pausesMs, async () =>
			reads.read(client, request),
		);
		if (read === undefined) return ignored;
		if (read.kind === 'unreadable') return unavailable(read.reason);
		outcome = read.kind === 'state' ? 'known' : 'unknown';
		return read.kind === 'state' ? confirm(read.state, callback) : unknownJob;
	} finally {
		entry.leave(outcome, host.now());
	}
}

/** What the API says, read again while it may only lag behind the callback. */
async function fetchConfirmed(
	{ host, signal }: Client,
	callback: StatusCallback,
	pausesMs: readonly number[],
	readOnce: () => Promise<ReadState | undefined>,
): Promise<ReadState | undefined> {
	for (let retries = 0; ; retries++) {
		const read = await readOnce();
		const pauseMs = pausesMs[retries];
		if (read === undefined || pauseMs === undefined || !isBehind(read, callback.status))
			return read;
		await host.sleep(pauseMs, signal);
	}
}

/** Whether the API may not know yet what the callback says. */
function isBehind(read: ReadState, status: string): boolean {
	if (read.kind !== 'state') return read.kind === 'unknown';
	const { state } = read;
	const earlier = nonFinalStatuses.slice(0, Math.max(0, nonFinalStatuses.indexOf(status)));
	return (
		(finalStatuses.includes(status) && state.phase === 'running') ||
		earlier.includes(state.status) ||
		(state.phase === 'completed' && state.result === undefined)
	);
}

/** A final status that the API denies is forged; a non-final one that the job has left is only late. */
function confirm(state: JobState, { processId, status }: StatusCallback): JobState | Rejected {
	if (finalStatuses.includes(status) && state.status !== status) {
		return refused(`It says ${status}, MonsterAPI says that its job is ${state.status}`);
	}
	const ownId = state.raw['process_id'];
	if (ownId === undefined || readId(ownId) === processId) return state;
	return refused('MonsterAPI answered about another job');
}
