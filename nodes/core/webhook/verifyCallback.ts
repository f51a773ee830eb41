import { readId } from '../api/ids';
import { getStatus, parseJobState, type JobState } from '../api/status';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { textOf } from '../json';
import { finalStatuses, nonFinalStatuses, type Callback } from './callback';
import type { Deduplicator } from './deduplicator';

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
	/** `refused` is answered with 401, `unavailable` with 503, so that the sender can retry. */
	readonly kind: 'refused' | 'unavailable';
	readonly reason: string;
}

type StatusCallback = Extract<Callback, { kind: 'status' }>;

/**
 * Milliseconds that one status request may take, with its retries: the sender is waiting. In a burst the request may have
 * been queued for that long, so its first attempt gets as long again; otherwise a callback would be rejected unchecked.
 */
const verifyMs = 20_000;

/**
 * Milliseconds that a callback waits for a rate limit in total: the longest Retry-After and one status request. MonsterAPI
 * does not promise to send it again.
 */
const maxRateLimitMs = 140_000;
/** How often to check whether the pause after a 429 is over; that sends no request. */
const rateLimitPollMs = 1_000;

/** The status may be written a moment after the callback is sent: a callback is forged only if the API keeps denying it. */
const consistencyRetryMs = [300, 700, 1_500];

/**
 * Decides on a callback whose token was right. Callbacks may be late, repeated or forged: what counts is what the API says
 * about the job now.
 */
export async function verifyCallback(
	client: Client,
	callback: StatusCallback,
	deduplicator: Deduplicator,
	options: VerifyOptions,
): Promise<Verdict> {
	const { processId, status } = callback;
	const receivedAt = client.host.now();
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
	const verdict = await deduplicator.runExclusive(processId, async (): Promise<Verdict> => {
		if (isUnwanted(status, callback.model)) return ignored;
		const state = options.verify
			? await fetchConfirmedState(client, callback, receivedAt)
			: parseUnverified(client, callback);
		if ('reason' in state) return state;
		const model = textOf(state.raw, 'model_name') ?? callback.model;
		if (isUnwanted(state.status, model)) return ignored;
		deduplicator.add(processId, state.status);
		return { kind: 'accepted', state, model };
	});
	return verdict ?? unavailable('Too many callbacks of its job came at once');
}

const ignored: Verdict = { kind: 'ignored' };

const refused = (reason: string): Rejected => ({ kind: 'refused', reason });

const unavailable = (reason: string): Rejected => ({ kind: 'unavailable', reason });

/** The state according to the sender, confirmed by nobody. */
function parseUnverified(client: Client, { processId, body }: StatusCallback): JobState | Rejected {
	const parsed = parseJobState(body, processId, client.secrets);
	return 'value' in parsed ? parsed.value : refused(parsed.unreadable);
}

/** The state according to the API, read again while it may only lag behind the callback. */
async function fetchConfirmedState(
	client: Client,
	callback: StatusCallback,
	receivedAt: number,
): Promise<JobState | Rejected> {
	const { host, signal } = client;
	let retries = 0;
	for (;;) {
		const state = await fetchState(client, callback.processId);
		if (state === 'rateLimited') {
			if (host.now() - receivedAt > maxRateLimitMs) return unavailable(rateLimited);
			await host.sleep(rateLimitPollMs, signal);
			continue;
		}
		if (state !== 'unknown' && 'reason' in state) return state;
		const pauseMs = consistencyRetryMs[retries];
		if (pauseMs === undefined || !isBehind(state, callback.status)) {
			return confirm(state, callback);
		}
		retries += 1;
		await host.sleep(pauseMs, signal);
	}
}

/** Whether the API may not know yet what the callback says. */
function isBehind(state: JobState | 'unknown', status: string): boolean {
	if (state === 'unknown') return true;
	const earlier = nonFinalStatuses.slice(0, Math.max(0, nonFinalStatuses.indexOf(status)));
	return (
		(finalStatuses.includes(status) && state.phase === 'running') ||
		earlier.includes(state.status) ||
		(state.phase === 'completed' && state.result === undefined)
	);
}

/** A final status that the API denies is forged; a non-final one that the job has left is only late. */
function confirm(
	state: JobState | 'unknown',
	{ processId, status }: StatusCallback,
): JobState | Rejected {
	if (state === 'unknown') return refused('MonsterAPI does not know its job');
	if (finalStatuses.includes(status) && state.status !== status) {
		return refused(`It says ${status}, MonsterAPI says that its job is ${state.status}`);
	}
	const ownId = state.raw['process_id'];
	if (ownId === undefined || readId(ownId) === processId) return state;
	return refused('MonsterAPI answered about another job');
}

const rateLimited =
	'MonsterAPI’s rate limit left no time to check it. Get the job with Job > Get; upgrade the plan if this happens often.';

const fetchState = async (
	client: Client,
	processId: string,
): Promise<JobState | 'unknown' | 'rateLimited' | Rejected> =>
	await getStatus(client, processId, {
		maxAttempts: Infinity,
		deadline: client.host.now() + verifyMs,
		minTimeoutMs: verifyMs,
	}).catch((error: unknown) => {
		if (!(error instanceof MonsterApiError)) return unavailable('MonsterAPI could not be asked');
		if (error.details.status === 404 && error.details.wrongAddress !== true) return 'unknown';
		if (error.details.status === 429) return 'rateLimited';
		return unavailable(error.explanation);
	});
