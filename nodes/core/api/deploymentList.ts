import { isRecord, textOf, type JsonRecord } from '../json';
import { readId } from './ids';
import { omitSecrets } from '../http/redaction';

export interface ListedDeployment {
	/** Absent in an entry that has none under a name that is known. */
	readonly id: string | undefined;
	readonly name: string | undefined;
	readonly status: string | undefined;
	/** The entry as it came, without tokens. */
	readonly raw: JsonRecord;
}

interface Entry {
	readonly value: unknown;
	/** The id under which it stood. */
	readonly key?: string;
}

/**
 * Every deployment in the answer of a list. How the API wraps its lists is documented nowhere, so they are looked for
 * at whatever depth: what stands in a list is a deployment, and so is what has the marks of one.
 */
export const readDeployments = (body: unknown): ListedDeployment[] =>
	entriesOf(body).map(readListed);

function entriesOf(body: unknown, key?: string): Entry[] {
	if (Array.isArray(body)) return body.filter(isSomething).map((value) => ({ value }));
	if (!isRecord(body)) return [];
	// A status alone says whose it is only under an id.
	const isOne = isDeployment(body) && (key ?? idOf(body) ?? nameOf(body)) !== undefined;
	if (isOne) return [{ value: body, ...(key === undefined ? {} : { key }) }];
	const values = Object.entries(body);
	// By id: then those without any mark are deployments too.
	const byId = values.some(([, value]) => isDeployment(value));
	return values.flatMap(([name, value]) =>
		byId && isRecord(value) ? [{ key: name, value }] : entriesOf(value, name),
	);
}

const isSomething = (value: unknown): boolean => value !== null && value !== '';

const idOf = (record: JsonRecord): string | undefined =>
	readId(record['deployment_id']) ?? readId(record['id']);

const nameOf = (record: JsonRecord): string | undefined =>
	textOf(record, 'deployment_name') ?? textOf(record, 'name');

/** A wrapper may have a status too: then it has a list of records in it. */
const isDeployment = (value: unknown): boolean =>
	isRecord(value) &&
	(idOf(value) !== undefined ||
		((textOf(value, 'status') ?? nameOf(value)) !== undefined &&
			!Object.values(value).some((one) => Array.isArray(one) && one.some(isRecord))));

function readListed({ value, key }: Entry): ListedDeployment {
	const record = isRecord(value)
		? value
		: { [readId(value) === undefined ? 'name' : 'deployment_id']: value };
	const id = idOf(record) ?? readId(key);
	return {
		id,
		name: nameOf(record),
		status: textOf(record, 'status'),
		raw: { ...omitSecrets(record), ...(id === undefined ? {} : { deployment_id: id }) },
	};
}
