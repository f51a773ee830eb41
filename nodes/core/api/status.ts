import { isRecord, mapTexts, textOf, type JsonRecord } from '../json';
import type { ReadLimits, ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { statedReason } from '../http/reason';
import { redactKnownIn, redactSecrets, redactStatus, quoteRedacted } from '../http/redaction';
import { attemptTimeoutMs } from '../http/timeouts';
import { retryAfterMs } from '../http/retryPolicy';
import { statesFailure } from './confirmation';

/** The phase of a job. An undocumented status counts as running. */
type Phase = 'running' | 'completed' | 'failed';

export interface JobState {
	readonly processId: string;
	/** The API's own word, redacted and in upper case: IN_QUEUE, IN_PROGRESS, COMPLETED, FAILED. */
	readonly status: string;
	readonly phase: Phase;
	/** Undefined while the job runs; its shape depends on the model. */
	readonly result: JsonRecord | undefined;
	/** Why a job failed, in the API's own words. */
	readonly failure: string | undefined;
	/** How long the API asks not to be called again, in milliseconds. */
	readonly retryAfterMs?: number;
	/**
	 * The response without known secrets; for a failed job without anything that looks like one, since the reason may repeat
	 * its inputs.
	 */
	readonly raw: JsonRecord;
}

/**
 * `GET /status/{process_id}`, once.
 * @param processId as returned by `requireProcessId` or `generate`
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
		timeoutMs: attemptTimeoutMs.read,
		...limits,
		parse: (body, { headers }) => {
			const parsed = parseJobState(body, processId, client.secrets);
			const pauseMs = retryAfterMs(headers, client.host.wallClock());
			return 'value' in parsed && pauseMs !== undefined
				? { value: { ...parsed.value, retryAfterMs: pauseMs } }
				: parsed;
		},
	});

/** Only objects are documented, but any other result has been paid for as well. */
function parseResult(result: unknown): JsonRecord | undefined {
	if (result === undefined || result === null || result === '') return undefined;
	if (isRecord(result)) return result;
	const isText = typeof result === 'string' && !/^https?:\/\//i.test(result);
	return isText ? { text: result } : { output: result };
}

const phases: Readonly<Record<string, Phase>> = { COMPLETED: 'completed', FAILED: 'failed' };

/** The reason is in the result, or beside it; some models put it where a text would be. */
function failureOf(body: JsonRecord, secrets: readonly string[]): string | undefined {
	const { result } = body;
	return (
		statedReason(result, secrets) ??
		(isRecord(result) ? statedReason(result['text'], secrets) : undefined) ??
		statedReason(body, secrets)
	);
}

/** Parses the body of a status response or of a callback: both have the same keys. */
export function parseJobState(
	body: unknown,
	processId: string,
	secrets: readonly string[],
): ParseResult<JobState> {
	const statusText = isRecord(body) ? textOf(body, 'status') : undefined;
	if (!isRecord(body) || statusText === undefined) {
		return { unreadable: 'MonsterAPI answered with something that is not a job status' };
	}
	const ownStatus = redactStatus(statusText, secrets);
	const status = ownStatus.toUpperCase();
	const known = Object.hasOwn(phases, status) ? phases[status] : undefined;
	// {"status": "error"} that names no job is not about the job, but about the request.
	if (known === undefined && body['process_id'] === undefined && statesFailure(body)) {
		return { unreadable: 'MonsterAPI answered with an error instead of a job status' };
	}
	const phase = known ?? 'running';
	const raw: JsonRecord = {
		...(phase === 'failed'
			? mapTexts(body, (text) => redactSecrets(text, secrets))
			: redactKnownIn(body, secrets)),
		status: ownStatus,
	};
	const result = parseResult(phase === 'failed' ? body['result'] : raw['result']);
	return {
		value: {
			processId,
			status,
			phase,
			result,
			failure:
				phase === 'failed'
					? quoteRedacted(failureOf(body, secrets) ?? 'MonsterAPI gave no reason', secrets)
					: undefined,
			raw,
		},
	};
}
