import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { readId } from '../api/ids';
import { getStatus, readJobState, type JobState } from '../api/status';
import { textOf } from '../json';
import type { Callback } from './callback';
import type { Deduplicator } from './deduplicator';

export interface VerifyOptions {
	/** The statuses that start the workflow. */
	readonly statuses: readonly string[];
	/** Only these models; empty for all. */
	readonly models: readonly string[];
	/** Whether the job is read again from the API, and only the API's answer goes on. */
	readonly verify: boolean;
	readonly ignoreDuplicates: boolean;
}

/** What to do with a callback. */
export type Verdict =
	/** Answered 200: nothing starts. */
	| { readonly kind: 'ignored' }
	| Rejected
	| { readonly kind: 'accepted'; readonly state: JobState; readonly model: string | undefined };

/** Nothing starts, and the callback may have been a true one: `reason` is for n8n's log. */
export interface Rejected {
	/** `refused` is answered 401, `unavailable` 503, so that a sender that tries again may. */
	readonly kind: 'refused' | 'unavailable';
	readonly reason: string;
}

type StatusCallback = Extract<Callback, { kind: 'status' }>;

const finalStatuses = ['COMPLETED', 'FAILED'];
/** In the order in which a job passes them. */
const nonFinalStatuses = ['IN_QUEUE', 'IN_PROGRESS'];

/**
 * Milliseconds that one look at the job may take, with its retries: the sender is waiting. In a burst it may have stood in
 * line for as long: its one attempt is a whole one then, or a callback would be turned away that nobody has checked.
 */
const verifyMs = 20_000;

/**
 * Milliseconds that a callback waits for a rate limit altogether: as long as the longest Retry-After, and a look. Nobody
 * promises that MonsterAPI sends it again.
 */
const rateLimitMs = 140_000;
/** Whether the gate has opened is looked at this often; nothing leaves for that. */
const gatePauseMs = 1_000;

/** The status may be written a moment after the callback is sent: a lie is one that stays a lie. */
const consistencyRetryMs = [300, 700, 1_500];

/**
 * Decides on a callback whose token was right. It can say the truth late, twice or not at all: what counts is what the
 * API says of the job now.
 */
export async function verifyCallback(
	client: Client,
	callback: StatusCallback,
	deliveries: Deduplicator,
	options: VerifyOptions,
): Promise<Verdict> {
	const { processId, status } = callback;
	const cameAt = client.host.now();
	const models = options.models.map((model) => model.toLowerCase());
	const unwanted = (word: string, model: string | undefined) =>
		!options.statuses.includes(word) ||
		(models.length > 0 && model !== undefined && !models.includes(model.toLowerCase())) ||
		(options.ignoreDuplicates && deliveries.isDuplicate(processId, word));
	// Nothing is asked for what would not be wanted if it were true.
	if (unwanted(status, callback.model)) {
		if (!options.verify && finalStatuses.includes(status)) {
			deliveries.add(processId, status);
			deliveries.started(processId, status);
		}
		return ignored;
	}
	const verdict = await deliveries.runExclusive(processId, async (): Promise<Verdict> => {
		if (unwanted(status, callback.model)) return ignored;
		const looked = options.verify
			? await confirmed(client, callback, cameAt)
			: stated(client, callback);
		if ('reason' in looked) return looked;
		const model = textOf(looked.raw, 'model_name') ?? callback.model;
		if (unwanted(looked.status, model)) return ignored;
		deliveries.add(processId, looked.status);
		return { kind: 'accepted', state: looked, model };
	});
	return verdict ?? { kind: 'unavailable', reason: 'Too many callbacks of its job came at once' };
}

const ignored: Verdict = { kind: 'ignored' };

const refused = (reason: string): Rejected => ({ kind: 'refused', reason });

/** What the sender says, unread by anybody else. */
function stated(client: Client, { processId, body }: StatusCallback): JobState | Rejected {
	const reading = readJobState(body, processId, client.secrets);
	return 'value' in reading ? reading.value : refused(reading.unreadable);
}

/** What the API says of the job, looked at again while it may only lag behind. */
async function confirmed(
	client: Client,
	{ processId, status }: StatusCallback,
	cameAt: number,
): Promise<JobState | Rejected> {
	const isFinal = finalStatuses.includes(status);
	const stands = nonFinalStatuses.indexOf(status);
	for (let look = 0; ; look++) {
		const looked = await lookAt(client, processId);
		if (looked === 'heldBack') {
			if (client.host.now() - cameAt > rateLimitMs)
				return { kind: 'unavailable', reason: rateLimited };
			await client.host.sleep(gatePauseMs, client.signal);
			look -= 1;
			continue;
		}
		const pause = consistencyRetryMs[look];
		if (looked !== 'unknown' && 'reason' in looked) return looked;
		const behind =
			looked === 'unknown' ||
			(isFinal && looked.phase === 'running') ||
			nonFinalStatuses.slice(0, Math.max(0, stands)).includes(looked.status) ||
			(looked.phase === 'completed' && looked.result === undefined);
		if (behind && pause !== undefined) {
			await client.host.sleep(pause, client.signal);
			continue;
		}
		// An end that the API knows nothing of is a lie; a way station that the job has left is only late.
		if (looked === 'unknown') return refused('MonsterAPI does not know its job');
		if (isFinal && looked.status !== status) {
			return refused(`It says ${status}, MonsterAPI says that its job is ${looked.status}`);
		}
		const named = looked.raw['process_id'];
		if (named === undefined || readId(named) === processId) return looked;
		return refused('MonsterAPI answered about another job');
	}
}

const rateLimited =
	'MonsterAPI’s rate limit left no time to check it. Fetch the job with Job > Get; upgrade the plan if this happens often.';

const lookAt = async (
	client: Client,
	processId: string,
): Promise<JobState | 'unknown' | 'heldBack' | Rejected> =>
	await getStatus(client, processId, {
		maxAttempts: Infinity,
		deadline: client.host.now() + verifyMs,
		minTimeoutMs: verifyMs,
	}).catch((error: unknown) => {
		if (!(error instanceof MonsterApiError)) {
			return { kind: 'unavailable', reason: 'MonsterAPI could not be asked' };
		}
		if (error.details.status === 404) return 'unknown';
		if (error.details.status === 429) return 'heldBack';
		const reason = `${error.message}. ${error.details.advice ?? ''}`.trim();
		return { kind: 'unavailable', reason };
	});
