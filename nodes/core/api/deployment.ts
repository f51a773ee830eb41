import { isRecord, textOf, type JsonRecord } from '../json';
import type { ReadLimits, ParseResult } from '../http/call';
import type { Client } from '../http/client';
import { redactSecrets, statedReason } from '../http/errors';
import { attemptMs } from '../http/limits';
import { retryAfterMs } from '../http/retryPolicy';
import { omitSecrets } from '../http/redaction';

/** Where a deployment stands. A status that nobody has documented counts as starting. */
export type DeploymentPhase = 'starting' | 'live' | 'failed' | 'ended';

export interface Deployment {
	readonly id: string;
	/** The API's own word (building, live, terminatedByUser), or starting and failed where it only gives a number. */
	readonly status: string;
	readonly phase: DeploymentPhase;
	/** What the API says about it. */
	readonly message: string | undefined;
	/** Where a live deployment answers, without a slash at its end. */
	readonly url: string | undefined;
	/** What its URL asks for. */
	readonly token: string | undefined;
	/** How long the API asks to leave it alone, in milliseconds. */
	readonly retryAfterMs?: number;
	/** The answer as it came, without secrets but for its own token. */
	readonly raw: JsonRecord;
}

/**
 * `GET /deploy/status/{deployment_id}`, once. 501 says that it is still starting and 400 that its launch has failed:
 * both are states, not faults.
 * @param id one that `requireDeploymentId` or a launch gave
 * @throws MonsterApiError, 404 when the account has no such deployment
 */
export const getDeployment = async (
	client: Client,
	id: string,
	limits: ReadLimits,
): Promise<Deployment> =>
	await client.send<Deployment>({
		method: 'GET',
		path: `/deploy/status/${encodeURIComponent(id)}`,
		endpoint: 'deployment',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.read,
		...limits,
		acceptedStatuses: [400, 501],
		parse: (body, { status, headers }) => {
			const reading = readDeployment(body, id, status, client.secrets);
			const askedMs = retryAfterMs(headers, client.host.wallClock());
			return 'value' in reading && askedMs !== undefined
				? { value: { ...reading.value, retryAfterMs: askedMs } }
				: reading;
		},
	});

/**
 * Statuses that say where a deployment stands, whatever word an error body has beside them. 202 is what other calls
 * answer while nothing is there, and leaves the word to the body.
 */
const wordOf: Readonly<Record<number, string>> = {
	202: 'starting',
	400: 'failed',
	501: 'starting',
};

function readDeployment(
	body: unknown,
	id: string,
	httpStatus: number,
	secrets: readonly string[],
): ParseResult<Deployment> {
	const raw = isRecord(body) ? body : {};
	const word = httpStatus < 300 ? textOf(raw, 'status') : undefined;
	const status = word ?? wordOf[httpStatus];
	if (status === undefined) {
		return { unreadable: 'MonsterAPI answered with something that is no deployment status' };
	}
	const reason = statedReason(raw);
	return {
		value: {
			id,
			status,
			phase: phaseOf(status),
			message: reason === undefined ? undefined : redactSecrets(reason, secrets),
			url: readUrl(textOf(raw, 'URL') ?? textOf(raw, 'url')),
			token: textOf(raw, 'api_auth_token'),
			raw: omitSecrets(raw, 'withToken'),
		},
	};
}

/** The documentation names no list: seen were building, live and terminatedByUser. */
function phaseOf(status: string): DeploymentPhase {
	const word = status.toLowerCase();
	if (word === 'live') return 'live';
	if (/fail|error/.test(word)) return 'failed';
	return /^(terminat|stopped|deleted)/.test(word) ? 'ended' : 'starting';
}

const readUrl = (url: string | undefined): string | undefined =>
	url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url)
		? url.replace(/\/+$/, '')
		: undefined;
