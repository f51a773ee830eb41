import type { ParseResult, ReadLimits } from '../http/call';
import type { Client } from '../http/client';
import { attemptTimeoutMs, maxAttempts } from '../http/timeouts';
import { statedReason } from '../http/reason';
import { omitSecrets, redactStatus, secretsIn } from '../http/redaction';
import { retryAfterMs } from '../http/retryPolicy';
import { isRecord, textOf, type JsonRecord } from '../json';
import { trimEndOf } from '../trimEndOf';
import { confirms, statesFailure, toChange, type Change } from './confirmation';
import { readId } from './ids';

/** A deployment that MonsterAPI has accepted: from now on it may cost money by the hour. */
export interface Launch {
	readonly id: string;
	/** The access token of its URL, if the response has it. */
	readonly token: string | undefined;
	/** What the API says if it reports a failure, although it gives an ID. */
	readonly failure: string | undefined;
	/** The response without secrets other than its token. */
	readonly raw: JsonRecord;
}

/** What can be deployed: the last segment of the path. */
export type DeploymentKind = 'llm' | 'custom_image';

/**
 * `POST /deploy/llm` or `/deploy/custom_image`. Repeated only if the API definitely did not accept it: after a 429, or
 * when no connection was made.
 * @param deadline on the host's clock; nothing is tried after it
 * @throws MonsterApiError
 */
export const deploy = async (
	client: Client,
	kind: DeploymentKind,
	body: JsonRecord,
	deadline: number,
): Promise<Launch> =>
	await client.send<Launch>({
		method: 'POST',
		path: `/deploy/${kind}`,
		body: () => ({ kind: 'json', value: body }),
		endpoint: 'deploy',
		idempotency: 'billed',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.launch,
		maxAttempts: maxAttempts.connect,
		deadline,
		uncancellable: true,
		parse: (answer) => {
			if (!isRecord(answer)) return { unreadable: 'the answer was not a JSON object' };
			const id = readId(answer['deployment_id']);
			if (id === undefined) return { unreadable: 'the answer had no deployment_id' };
			const token = textOf(answer, 'api_auth_token');
			const failure = statesFailure(answer)
				? (statedReason(answer, client.secrets) ?? 'no reason')
				: undefined;
			return {
				value: { id, token, failure, raw: omitSecrets(answer, client.secrets, 'withToken') },
			};
		},
	});

/** The phase of a deployment. An undocumented status counts as starting. */
export type DeploymentPhase = 'starting' | 'live' | 'failed' | 'ended';

export interface Deployment {
	readonly id: string;
	/**
	 * The API's own word (building, live, terminatedByUser), redacted, or starting or failed where it only gives a number.
	 */
	readonly status: string;
	readonly phase: DeploymentPhase;
	/** What the API says about it. */
	readonly message: string | undefined;
	/** The base URL of a live deployment, without a trailing slash. */
	readonly url: string | undefined;
	/** The access token of that URL. */
	readonly token: string | undefined;
	/** How long the API asks not to be called again, in milliseconds. */
	readonly retryAfterMs?: number;
	/** The response without secrets other than its token. */
	readonly raw: JsonRecord;
}

/**
 * `GET /deploy/status/{deployment_id}`, once. 501 means that it is still starting and 400 that its launch has failed:
 * both are states, not errors.
 * @param id as returned by `requireDeploymentId` or `deploy`
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
		timeoutMs: attemptTimeoutMs.read,
		...limits,
		acceptedStatuses: [400, 501],
		parse: (body, { status, headers }) => {
			const result = parseDeployment(body, id, status, client.secrets);
			const pauseMs = retryAfterMs(headers, client.host.wallClock());
			return 'value' in result && pauseMs !== undefined
				? { value: { ...result.value, retryAfterMs: pauseMs } }
				: result;
		},
	});

/**
 * HTTP statuses that say what a deployment is doing, whatever an error body says beside them. 202 is what other calls
 * answer when there is nothing yet, so with it the body decides.
 */
const statusByHttpStatus: Readonly<Record<number, string>> = {
	202: 'starting',
	400: 'failed',
	501: 'starting',
};

function parseDeployment(
	body: unknown,
	id: string,
	httpStatus: number,
	secrets: readonly string[],
): ParseResult<Deployment> {
	const raw = isRecord(body) ? body : {};
	const ownStatus = httpStatus < 300 ? textOf(raw, 'status') : undefined;
	const word = ownStatus ?? statusByHttpStatus[httpStatus];
	if (word === undefined) {
		return { unreadable: 'MonsterAPI answered with something that is not a deployment status' };
	}
	const known = [...secrets, ...secretsIn(raw)];
	const status = redactStatus(word, known);
	return {
		value: {
			id,
			status,
			phase: phaseOf(word),
			message: statedReason(raw, known),
			url: readUrl(textOf(raw, 'URL') ?? textOf(raw, 'url')),
			token: textOf(raw, 'api_auth_token'),
			raw: omitSecrets(raw, secrets, 'withToken'),
		},
	};
}

/** The documentation has no list of statuses: seen were building, live and terminatedByUser. */
export function phaseOf(status: string): DeploymentPhase {
	const word = status.toLowerCase();
	if (word === 'live') return 'live';
	if (/fail|error/.test(word)) return 'failed';
	return /^(terminat|stopped|deleted)/.test(word) ? 'ended' : 'starting';
}

const readUrl = (url: string | undefined): string | undefined =>
	url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url)
		? trimEndOf(url, '/')
		: undefined;

/** The minimum time for a termination once it is sent: launches that cannot be cancelled may have held its slot. */
const minTerminateMs = 5_000;

export interface Termination extends Change {
	/** Whether the deployment had ended before, or had never started properly. */
	readonly alreadyEnded: boolean;
}

export interface TerminationLimits {
	/** On the host's clock; nothing is tried after it. */
	readonly deadline: number;
	/**
	 * For a deployment that was just started: 403 and 404 are retried, because a fresh ID may not be known everywhere yet.
	 * From this moment on, the API is believed when it says that there is no such instance.
	 */
	readonly consistentFrom?: number;
}

const unknownStatuses: readonly number[] = [403, 404];

/** Reported are {"message": "Instance Terminated"}, and with 409 "Deployment Already terminated by System / User". */
function saysTerminated(answer: unknown, id: string): boolean {
	const ownId = isRecord(answer) ? answer['deployment_id'] : undefined;
	const isOther = ownId !== undefined && readId(ownId) !== id;
	return !isOther && confirms(answer, /\bterminated(?:By|\b)/i);
}

/**
 * `POST /deploy/terminate`. Terminating twice is harmless, so it is retried freely: also after the 501 of a deployment
 * that is still being prepared.
 * @throws MonsterApiError
 */
export const terminate = async (
	client: Client,
	id: string,
	{ deadline, consistentFrom }: TerminationLimits,
): Promise<Termination> =>
	await client.send<Termination>({
		method: 'POST',
		path: '/deploy/terminate',
		// The documented default of actor is "user", and the official client always sends it.
		body: () => ({ kind: 'json', value: { deployment_id: id, actor: 'user' } }),
		endpoint: 'terminate',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.read,
		maxAttempts: Infinity,
		deadline,
		minTimeoutMs: minTerminateMs,
		// Each hour that it goes on costs money.
		urgent: true,
		acceptedStatuses: consistentFrom === undefined ? [409] : [409, ...unknownStatuses],
		acceptsAnyText: true,
		parse: (answer, { status, text }) => {
			const isUnknown = unknownStatuses.includes(status);
			const isGone =
				isUnknown &&
				consistentFrom !== undefined &&
				client.host.now() >= consistentFrom &&
				/no such instance/i.test(statedReason(answer, client.secrets) ?? '');
			if (isUnknown && !isGone) {
				return { unreadable: `MonsterAPI answered the termination with ${status}` };
			}
			const raw = isRecord(answer) ? omitSecrets(answer, client.secrets) : undefined;
			const confirmed = isGone || saysTerminated(answer, id);
			const change = toChange(raw, text, confirmed, client.secrets);
			return { value: { ...change, alreadyEnded: status >= 400 } };
		},
	});
