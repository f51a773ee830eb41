import type { Client } from '../api/client';
import { MonsterApiError } from '../api/errors';
import { getStatus, readJobState, type JobState } from '../api/status';
import type { Callback } from './callback';
import type { Deliveries } from './deliveries';

export interface AdmitOptions {
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
	/** Answered 401: nothing starts. */
	| { readonly kind: 'refused' }
	/** Answered 503, so that a sender that tries again may: nothing starts. */
	| { readonly kind: 'unavailable' }
	| { readonly kind: 'admitted'; readonly state: JobState; readonly model: string | undefined };

type StatusCallback = Extract<Callback, { kind: 'status' }>;

const finalStatuses = ['COMPLETED', 'FAILED'];

/** Milliseconds that reading the job again may take: the sender is waiting. */
const verifyMs = 8_000;

/**
 * Decides on a callback whose token was right. It can say the truth late, twice or not at all: what counts is what the
 * API says of the job now.
 */
export async function admit(
	client: Client,
	callback: StatusCallback,
	deliveries: Deliveries,
	options: AdmitOptions,
): Promise<Verdict> {
	const { processId, status, model } = callback;
	const excluded =
		options.models.length > 0 && model !== undefined && !options.models.includes(model);
	const unwanted = (word: string) =>
		!options.statuses.includes(word) ||
		(options.ignoreDuplicates && deliveries.isLate(processId, word));
	// Nothing is asked for what would not be wanted if it were true.
	if (excluded || unwanted(status)) return ignored;
	return await deliveries.inTurn(processId, async () => {
		if (unwanted(status)) return ignored;
		const looked = await jobOf(client, callback, options.verify);
		if (typeof looked === 'string') return { kind: looked };
		// An end that the API knows nothing of is a lie; a way station that the job has left is only late.
		if (looked.status !== status && finalStatuses.includes(status)) return { kind: 'refused' };
		if (unwanted(looked.status)) return ignored;
		deliveries.add(processId, looked.status);
		return { kind: 'admitted', state: looked, model };
	});
}

const ignored: Verdict = { kind: 'ignored' };

async function jobOf(
	client: Client,
	{ processId, body }: StatusCallback,
	verify: boolean,
): Promise<JobState | 'refused' | 'unavailable'> {
	if (!verify) {
		const reading = readJobState(body, processId, client.secrets);
		return 'value' in reading ? reading.value : 'refused';
	}
	const until = client.host.now() + verifyMs;
	return await getStatus(client, processId, { attempts: 3, until }).catch((error: unknown) =>
		error instanceof MonsterApiError && error.details.status === 404 ? 'refused' : 'unavailable',
	);
}
