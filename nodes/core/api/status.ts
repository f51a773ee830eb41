import { isRecord, mapTexts, textOf, type JsonRecord } from '../json';
import type { ReadLimits, ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { redactSecrets, quoteRedacted } from '../http/errors';
import { attemptMs } from '../http/limits';
import { retryAfterMs } from '../http/retryPolicy';

/** Where a job stands. A status that nobody has documented counts as running. */
export type Phase = 'running' | 'completed' | 'failed';

export interface JobState {
	readonly processId: string;
	/** The API's own word, in upper case: IN_QUEUE, IN_PROGRESS, COMPLETED, FAILED. */
	readonly status: string;
	readonly phase: Phase;
	/** Absent while the job runs; its shape depends on the model. */
	readonly result: JsonRecord | undefined;
	/** Why a job failed, in the API's own words. */
	readonly failure: string | undefined;
	/** How long the API asks to leave it alone, in milliseconds. */
	readonly retryAfterMs?: number;
	/** The answer as it came; of a failed job without secrets, since its reason may repeat what it was given. */
	readonly raw: JsonRecord;
}

/**
 * `GET /status/{process_id}`, once.
 * @param processId one that `requireProcessId` or `generate` gave
 * @throws MonsterApiError
 */
export const getStatus = (
	client: Client,
	processId: string,
	limits: ReadLimits,
): Promise<JobState> =>
	client.send({
		method: 'GET',
		path: `/status/${encodeURIComponent(processId)}`,
		endpoint: 'status',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.read,
		...limits,
		parse: (body, { headers }) => {
			const reading = readJobState(body, processId, client.secrets);
			const askedMs = retryAfterMs(headers, client.host.wallClock());
			return 'value' in reading && askedMs !== undefined
				? { value: { ...reading.value, retryAfterMs: askedMs } }
				: reading;
		},
	});

/** Documented are objects; whatever else it may be is paid for. */
function readResult(result: unknown): JsonRecord | undefined {
	if (result === undefined || result === null || result === '') return undefined;
	if (isRecord(result)) return result;
	const isText = typeof result === 'string' && !/^https?:\/\//i.test(result);
	return isText ? { text: result } : { output: result };
}

const phases: Readonly<Record<string, Phase>> = { COMPLETED: 'completed', FAILED: 'failed' };

/** Parses the body of a status answer or of a callback: both have the same keys. */
export function readJobState(
	body: unknown,
	processId: string,
	secrets: readonly string[],
): ParseResult<JobState> {
	const stated = isRecord(body) ? textOf(body, 'status') : undefined;
	if (!isRecord(body) || stated === undefined) {
		return { unreadable: 'MonsterAPI answered with something that is no job status' };
	}
	const status = stated.toUpperCase();
	const phase = (Object.hasOwn(phases, status) ? phases[status] : undefined) ?? 'running';
	const result = readResult(body['result']);
	const reason =
		(result &&
			['errorMessage', 'message', 'text'].map((key) => textOf(result, key)).find(Boolean)) ??
		textOf(body, 'message');
	return {
		value: {
			processId,
			status,
			phase,
			result,
			failure:
				phase === 'failed'
					? quoteRedacted(reason ?? 'MonsterAPI gave no reason', secrets)
					: undefined,
			raw: phase === 'failed' ? mapTexts(body, (text) => redactSecrets(text, secrets)) : body,
		},
	};
}
