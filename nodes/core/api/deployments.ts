import { isRecord, textOf, type JsonRecord } from '../json';
import type { Call } from '../http/call';
import type { Client } from '../http/client';
import { readDeployments, type ListedDeployment } from './deploymentList';
import { attemptMs, readLimits } from '../http/limits';
import { omitSecrets, redactLogLine } from '../http/redaction';

/** What the reads about deployments have in common. */
const readCall = ({ host }: Client) =>
	({
		method: 'GET',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.read,
		...readLimits(host.now()),
	}) as const satisfies Partial<Call<unknown>>;

/** Under the API's own names; an empty text asks for nothing. */
export interface DeploymentFilters {
	readonly status?: string;
	readonly deployment_service?: string;
}

/**
 * `GET /deploy/list`: the account's deployments. 202 says that there are none.
 * @throws MonsterApiError
 */
export const listDeployments = async (
	client: Client,
	filters: DeploymentFilters = {},
): Promise<ListedDeployment[]> =>
	await client.send<ListedDeployment[]>({
		...readCall(client),
		path: '/deploy/list',
		query: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')),
		endpoint: 'deploymentList',
		parse: (body, { status }) => {
			if (status === 202) return { value: [] };
			return isListLike(body)
				? { value: readDeployments(body) }
				: { unreadable: 'MonsterAPI answered with something that is no list of deployments' };
		},
	});

const isListLike = (body: unknown): body is JsonRecord | readonly unknown[] =>
	isRecord(body) || Array.isArray(body);

export interface DeploymentLogs {
	readonly lines: readonly string[];
	/** Why there are none yet. */
	readonly message: string | undefined;
}

/**
 * `GET /deploy/logs/{deployment_id}`: the last lines. 202 says that it is too early.
 * @param lines how many lines at most
 * @throws MonsterApiError
 */
export const getLogs = async (client: Client, id: string, lines: number): Promise<DeploymentLogs> =>
	await client.send<DeploymentLogs>({
		...readCall(client),
		path: `/deploy/logs/${encodeURIComponent(id)}`,
		query: { n_lines: String(lines) },
		endpoint: 'deployment',
		parse: (body, { status }) => {
			if (status === 202 && !isListLike(body)) return { value: { lines: [], message: undefined } };
			if (!isListLike(body)) {
				return { unreadable: 'MonsterAPI answered with something that is no log' };
			}
			const logs: unknown = isRecord(body) ? body['logs'] : body;
			const read = Array.isArray(logs) ? logs : typeof logs === 'string' ? logs.split(/\r?\n/) : [];
			const lines = read.map((line) =>
				redactLogLine(typeof line === 'string' ? line : JSON.stringify(line)),
			);
			return { value: { lines, message: isRecord(body) ? textOf(body, 'message') : undefined } };
		},
	});

/**
 * `GET /deploy/instances`: the machines that deployments can run on, as the API describes them.
 * @throws MonsterApiError
 */
export const listInstances = async (client: Client): Promise<JsonRecord[]> =>
	await client.send<JsonRecord[]>({
		...readCall(client),
		path: '/deploy/instances',
		endpoint: 'computeInstances',
		parse: (body) => {
			if (!isListLike(body)) {
				return { unreadable: 'MonsterAPI answered with something that is no list of instances' };
			}
			return { value: machinesOf(body) };
		},
	});

/** Machines may stand in a list, in one under a name, or each under its own name. */
function machinesOf(body: JsonRecord | readonly unknown[]): JsonRecord[] {
	if (!isRecord(body)) {
		return body.map((value) => (isRecord(value) ? omitSecrets(value) : { name: value }));
	}
	const values = Object.values(body);
	const listed = values.find(Array.isArray);
	if (listed !== undefined) return machinesOf(listed);
	return values.length > 0 && values.every(isRecord)
		? Object.entries(body).map(([name, value]) => ({
				name,
				...(isRecord(value) ? omitSecrets(value) : {}),
			}))
		: [omitSecrets(body)];
}

/**
 * `GET /deploy/health`: what the service says of itself, in whichever form.
 * @throws MonsterApiError when it is not well
 */
export const getHealth = async (client: Client): Promise<JsonRecord> =>
	await client.send<JsonRecord>({
		...readCall(client),
		path: '/deploy/health',
		endpoint: 'computeInstances',
		parse: (body) => {
			if (isRecord(body)) return { value: body };
			return typeof body === 'string'
				? { value: { status: body } }
				: { unreadable: 'The deployment service did not say how it is' };
		},
	});
