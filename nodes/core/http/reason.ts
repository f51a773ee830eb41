import { isRecord, parseJson, type JsonRecord } from '../json';
import { redactSecrets } from './redaction';

/** The characters of a reason: more is no reason, but a page or an echo of the request. */
const maxReasonLength = 2_000;
const maxEntries = 5;
const maxDepth = 4;

/** The keys of a reason in the order of what they tell, in lower case and without separators. */
const reasonKeys = [
	'errormessage',
	'message',
	'errordescription',
	'msg',
	'detail',
	'details',
	'errors',
	'error',
	'reason',
	'title',
];

/**
 * The reason that an answer states, whatever the key: `message`, `error.message`, `errors`, FastAPI's `detail` (a list of
 * `{loc, msg}`), the message of a storage's XML, or a plain text. Never an HTML page.
 * @param answer parsed JSON, or the text of an answer
 * @returns without secrets, at most 2,000 characters; undefined if it states none
 */
export function statedReason(answer: unknown, secrets: readonly string[]): string | undefined {
	const reason = readReason(answer, 0);
	if (reason === undefined) return undefined;
	// Redacted before it is cut, so that no part of a secret remains at the end.
	const redacted = redactSecrets(reason, secrets);
	return redacted.length > maxReasonLength ? `${redacted.slice(0, maxReasonLength)}…` : redacted;
}

function readReason(value: unknown, depth: number): string | undefined {
	if (depth > maxDepth) return undefined;
	if (typeof value === 'string') return readText(value, depth);
	if (Array.isArray(value)) return readList(value, depth);
	if (!isRecord(value)) return undefined;
	const byKey = new Map(
		Object.entries(value).map(([key, entry]) => [key.toLowerCase().replaceAll(/[_-]/g, ''), entry]),
	);
	// A list of what is wrong tells more than the message above it.
	const lists = ['errors', 'detail'].filter((key) => typeof byKey.get(key) === 'object');
	for (const key of [...lists, ...reasonKeys]) {
		const entry = byKey.get(key);
		const reason = readReason(entry, depth + 1) ?? readFields(key, entry, depth + 1);
		if (reason !== undefined) return withPlace(value, reason);
	}
	return undefined;
}

/** FastAPI names the place of an invalid value. */
const withPlace = ({ loc }: JsonRecord, reason: string): string =>
	Array.isArray(loc) && loc.length > 0 ? `${loc.slice(0, 10).join('.')}: ${reason}` : reason;

function readText(text: string, depth: number): string | undefined {
	const trimmed = text.trim();
	if (/^[[{"]/.test(trimmed)) {
		const parsed = parseJson(trimmed);
		// JSON inside of JSON, as proxies pass it on.
		if (parsed !== undefined) return readReason(parsed, depth + 1);
		// JSON that breaks off.
		if (trimmed.startsWith('{')) return undefined;
	}
	if (trimmed.startsWith('<')) {
		const [, message] = /<Message>([^<]{1,2000})<\/Message>/.exec(trimmed) ?? [];
		return message?.trim() || undefined;
	}
	return trimmed || undefined;
}

function readList(list: readonly unknown[], depth: number): string | undefined {
	const reasons = list
		.slice(0, maxEntries)
		.flatMap((entry) => readReason(entry, depth + 1) ?? [])
		.join('; ');
	return reasons || undefined;
}

/** Reasons by the name of a field: `{"errors": {"prompt": ["is required"]}}`. */
function readFields(key: string, value: unknown, depth: number): string | undefined {
	if (!isRecord(value) || !/^(?:errors?|detail)$/.test(key)) return undefined;
	const reasons = Object.entries(value)
		.slice(0, maxEntries)
		.flatMap(([field, entry]) => {
			const reason = readReason(entry, depth + 1);
			return reason === undefined ? [] : [`${field}: ${reason}`];
		})
		.join('; ');
	return reasons || undefined;
}
