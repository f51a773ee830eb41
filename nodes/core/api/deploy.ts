import { isRecord, textOf, type JsonRecord } from '../json';
import type { Client } from '../http/client';
import { statedReason } from '../http/errors';
import { readId } from './ids';
import { attemptMs, attempts } from '../http/limits';
import { omitSecrets } from '../http/redaction';

/** A deployment that MonsterAPI has begun to start: from now on it may cost money by the hour. */
export interface Launch {
	readonly id: string;
	/** The token that its URL will ask for, where the answer says it. */
	readonly token: string | undefined;
	/** The answer as it came, without secrets but for its token. */
	readonly raw: JsonRecord;
}

/** What can be deployed: the last segment of the call's path. */
export type DeploymentKind = 'llm' | 'custom_image';

/**
 * `POST /deploy/llm` or `/deploy/custom_image`. Repeated only when it surely was not taken: after a 429 or when the
 * connection was never made.
 * @param deadline the moment of the host's clock after which it is not tried again
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
		timeoutMs: attemptMs.launch,
		maxAttempts: attempts.connect,
		deadline: deadline,
		uncancellable: true,
		parse: (answer) => {
			if (!isRecord(answer)) return { unreadable: 'the answer was no JSON object' };
			const id = readId(answer['deployment_id']);
			return id === undefined
				? { unreadable: 'the answer had no deployment_id' }
				: {
						value: {
							id,
							token: textOf(answer, 'api_auth_token'),
							raw: omitSecrets(answer, 'withToken'),
						},
					};
		},
	});

/** What a termination gets at least, from when it leaves: launches that are seen through may have held its place. */
const attemptGraceMs = 5_000;

/** What became of a termination. */
export interface Termination {
	/** The deployment had ended before, or was never started well. */
	readonly alreadyEnded: boolean;
	/** The answer as it came. */
	readonly raw: JsonRecord;
}

export interface TerminationLimits {
	/** The moment of the host's clock after which it is not tried again. */
	readonly deadline: number;
	/**
	 * For a deployment that was just started: a 403 or 404 is then met again, and is believed from this moment on when the
	 * API itself says that there is no such instance. Before, it may not know a fresh id everywhere.
	 */
	readonly consistentFrom?: number;
}

const unknownStatuses: readonly number[] = [403, 404];

/**
 * `POST /deploy/terminate`. Ending twice ends once, so it is repeated freely: also after the 501 of a deployment that
 * is still being prepared.
 * @throws MonsterApiError
 */
export const terminate = async (
	client: Client,
	id: string,
	{ deadline: until, consistentFrom: knownFrom }: TerminationLimits,
): Promise<Termination> =>
	await client.send<Termination>({
		method: 'POST',
		path: '/deploy/terminate',
		// The documentation gives "user" as the default, and the official client always sends it.
		body: () => ({ kind: 'json', value: { deployment_id: id, actor: 'user' } }),
		endpoint: 'terminate',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.read,
		maxAttempts: Infinity,
		deadline: until,
		minTimeoutMs: attemptGraceMs,
		acceptedStatuses: knownFrom === undefined ? [409] : [409, ...unknownStatuses],
		parse: (answer, { status }) => {
			const raw = isRecord(answer) ? omitSecrets(answer) : {};
			if (!unknownStatuses.includes(status)) {
				return { value: { alreadyEnded: status === 409, raw } };
			}
			const gone = /no such instance/i.test(statedReason(answer) ?? '');
			return gone && knownFrom !== undefined && client.host.now() >= knownFrom
				? { value: { alreadyEnded: true, raw } }
				: { unreadable: `MonsterAPI answered the termination with ${status}` };
		},
	});
