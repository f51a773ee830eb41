import type { Call } from '../http/call';
import type { Client } from '../http/client';
import { attemptTimeoutMs, readLimits } from '../http/timeouts';
import { redactLogLine } from '../http/logRedaction';
import {
	omitSecrets,
	quoteRedacted,
	redactKnownIn,
	redactSecrets,
	redactStatus,
	secretsIn,
} from '../http/redaction';
import { isRecord, textOf, type JsonRecord } from '../json';
import { statesFailure } from './confirmation';
import { phaseOf, type DeploymentPhase } from './deploymentLifecycle';
import { readId } from './ids';

/** What all reads below have in common. */
const readCall = ({ host }: Client) =>
	({
		method: 'GET',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.read,
		...readLimits(host.now()),
	}) as const satisfies Partial<Call<unknown>>;

type JsonContainer = JsonRecord | readonly unknown[];

const isContainer = (body: unknown): body is JsonContainer => isRecord(body) || Array.isArray(body);

/** Under the API's own names; an empty string is not sent. */
interface DeploymentFilters {
	readonly status?: string;
	readonly deployment_service?: string;
}

export interface ListedDeployment {
	/** Undefined if the entry has none under a known name. */
	readonly id: string | undefined;
	readonly name: string | undefined;
	readonly status: string | undefined;
	/** By its status; undefined without one. */
	readonly phase: DeploymentPhase | undefined;
	/** The entry without secrets. */
	readonly raw: JsonRecord;
}

/**
 * `GET /deploy/list`: the account's deployments. 202 means that there are none.
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
			const entries = isContainer(body) ? findEntries(body) : undefined;
			// A stated failure does not mean that there are none.
			return entries === undefined || (entries.length === 0 && statesFailure(body))
				? { unreadable: 'MonsterAPI answered with something that is not a list of deployments' }
				: { value: entries.map((entry) => toListedDeployment(entry, client.secrets)) };
		},
	});

interface Entry {
	readonly value: unknown;
	/** The key it was found under, which may be its ID. */
	readonly key?: string;
}

/**
 * Every deployment in a list response, at any depth: the documentation does not say how the API wraps its lists. An
 * element of an array is a deployment, and so is a record that looks like one.
 */
function findEntries(body: unknown, key?: string): Entry[] {
	if (Array.isArray(body)) {
		return body.filter((value) => value !== null && value !== '').map((value) => ({ value }));
	}
	if (!isRecord(body)) return [];
	// A record with nothing but a status is a deployment only under its ID.
	const isEntry = isDeployment(body) && (key ?? idOf(body) ?? nameOf(body)) !== undefined;
	if (isEntry) return [{ value: body, ...(key === undefined ? {} : { key }) }];
	const properties = Object.entries(body);
	// Keyed by ID: then records that do not look like deployments are deployments too.
	const isKeyed = properties.some(([, value]) => isDeployment(value));
	return properties.flatMap(([name, value]) =>
		isKeyed && isRecord(value) ? [{ key: name, value }] : findEntries(value, name),
	);
}

const idOf = (record: JsonRecord): string | undefined =>
	readId(record['deployment_id']) ?? readId(record['id']);

const nameOf = (record: JsonRecord): string | undefined =>
	textOf(record, 'deployment_name') ?? textOf(record, 'name');

/** A wrapper may have a status as well, but then it contains a list of records. */
const isDeployment = (value: unknown): boolean =>
	isRecord(value) &&
	(idOf(value) !== undefined ||
		((textOf(value, 'status') ?? nameOf(value)) !== undefined &&
			!Object.values(value).some((field) => Array.isArray(field) && field.some(isRecord))));

function toListedDeployment({ value, key }: Entry, secrets: readonly string[]): ListedDeployment {
	const record = isRecord(value)
		? value
		: { [readId(value) === undefined ? 'name' : 'deployment_id']: value };
	const id = idOf(record) ?? readId(key);
	const name = nameOf(record);
	const ownStatus = textOf(record, 'status');
	const status = ownStatus === undefined ? undefined : redactStatus(ownStatus, secrets);
	return {
		id,
		name: name === undefined ? undefined : quoteRedacted(name, secrets),
		status,
		phase: ownStatus === undefined ? undefined : phaseOf(ownStatus),
		raw: {
			...omitSecrets(record, secrets),
			...(id === undefined ? {} : { deployment_id: id }),
		},
	};
}

interface DeploymentLogs {
	readonly lines: readonly string[];
	/** Why there are no lines yet. */
	readonly message: string | undefined;
}

/**
 * `GET /deploy/logs/{deployment_id}`: the last lines. 202 means that there are none yet.
 * @param maxLines how many lines to ask for
 * @throws MonsterApiError
 */
export const getLogs = async (
	client: Client,
	id: string,
	maxLines: number,
): Promise<DeploymentLogs> =>
	await client.send<DeploymentLogs>({
		...readCall(client),
		path: `/deploy/logs/${encodeURIComponent(id)}`,
		query: { n_lines: String(maxLines) },
		endpoint: 'deployment',
		parse: (body, { status }) => {
			if (status === 202 && !isContainer(body)) return { value: { lines: [], message: undefined } };
			if (!isContainer(body)) {
				return { unreadable: 'MonsterAPI answered with something that is not a log' };
			}
			const logs: unknown = isRecord(body) ? body['logs'] : body;
			// A stated failure does not mean that there are none.
			if (logs === undefined && statesFailure(body)) {
				return { unreadable: 'MonsterAPI answered with an error instead of a log' };
			}
			const list = Array.isArray(logs) ? logs : typeof logs === 'string' ? logs.split(/\r?\n/) : [];
			const { secrets } = client;
			const lines = list.map((line: unknown) => redactLogLine(textOfLine(line, secrets), secrets));
			const message = isRecord(body) ? textOf(body, 'message') : undefined;
			return {
				value: {
					lines,
					message: message === undefined ? undefined : redactSecrets(message, secrets),
				},
			};
		},
	});

function textOfLine(line: unknown, secrets: readonly string[]): string {
	if (typeof line === 'string') return line;
	// Copied, because JSON.stringify throws where nesting is too deep.
	const { line: copy } = redactKnownIn({ line }, [...secrets, ...secretsIn({ line })]);
	return JSON.stringify(copy);
}

/**
 * `GET /deploy/instances`: the machines that deployments can run on, as the API describes them.
 * @throws MonsterApiError
 */
export const listInstances = async (client: Client): Promise<JsonRecord[]> =>
	await client.send<JsonRecord[]>({
		...readCall(client),
		path: '/deploy/instances',
		endpoint: 'computeInstances',
		parse: (body) =>
			isContainer(body) && !statesFailure(body)
				? { value: parseInstances(body, client.secrets) }
				: { unreadable: 'MonsterAPI answered with something that is not a list of instances' },
	});

/** Either a list, a list inside a record, or a record with one entry per machine. */
function parseInstances(body: JsonContainer, secrets: readonly string[]): JsonRecord[] {
	if (!isRecord(body)) {
		return body.map((value) => (isRecord(value) ? omitSecrets(value, secrets) : { name: value }));
	}
	const values = Object.values(body);
	const list = values.find(Array.isArray);
	if (list !== undefined) return parseInstances(list, secrets);
	return values.length > 0 && values.every(isRecord)
		? Object.entries(body).map(([name, value]) => ({
				name,
				...(isRecord(value) ? omitSecrets(value, secrets) : {}),
			}))
		: [omitSecrets(body, secrets)];
}

/**
 * `GET /deploy/health`: what the deployment service says about itself, as a record or a text.
 * @throws MonsterApiError when it is unavailable
 */
export const getHealth = async (client: Client): Promise<JsonRecord> =>
	await client.send<JsonRecord>({
		...readCall(client),
		path: '/deploy/health',
		endpoint: 'computeInstances',
		parse: (body) => {
			if (isRecord(body)) return { value: omitSecrets(body, client.secrets) };
			return typeof body === 'string'
				? { value: { status: redactSecrets(body, client.secrets) } }
				: { unreadable: 'The deployment service did not report its health' };
		},
	});
