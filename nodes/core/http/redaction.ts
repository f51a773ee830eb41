import { isRecord, mapTexts, type JsonRecord } from '../json';

/** What lets into a deployment: it has its place where a deployment is started or looked at, and nowhere else. */
const accessToken = 'api_auth_token';

const secretKey = /(token|password|secret|api_?key|authorization)$/i;

/**
 * The record without tokens, passwords and the values of environment variables, at whatever depth: the API may repeat
 * what it was given.
 * @param kept whether the deployment's own token stays at the top
 */
export function omitSecrets(record: JsonRecord, kept: 'withToken' | 'bare' = 'bare'): JsonRecord {
	const entries = Object.entries(record).flatMap(([key, value]): Array<[string, unknown]> => {
		if (key === accessToken) return kept === 'withToken' ? [[key, value]] : [];
		if (secretKey.test(key)) return [];
		return [[key, key === 'env_params' ? masked(value) : cleaned(value)]];
	});
	return Object.fromEntries(entries);
}

function cleaned(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(cleaned);
	return isRecord(value) ? omitSecrets(value) : value;
}

/** Variables keep their names. */
const masked = (value: unknown): unknown =>
	isRecord(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, '…'])) : '…';

const secretInLine =
	/((?:api[_-]?(?:auth[_-]?)?(?:key|token)|token|password)\W+)(?:bearer\s+)?[^\s"',;]+/gi;
const bearerInLine = /(bearer\s+)[^\s"',;]+/gi;

/** A line of a log without what looks like a token or a password. */
export const redactLogLine = (line: string): string =>
	line.replace(secretInLine, '$1…').replace(bearerInLine, '$1…');

/** A token in the query of a URL, also one within JSON or HTML. */
const tokenInUrl = /((?:[?&]|&amp;|\\u0026)token=)[^&#\s"<>\\]+/gi;
/** The same in a URL that stands encoded in another one. */
const tokenEncoded = /((?:%3f|%26)token(?:=|%3d))[^&#\s"'<>\\%]*(?:%(?!2[36])[^&#\s"'<>\\%]*)*/gi;

/** A text without the tokens of the URLs in it: whoever has the URL of a trigger can call it. */
export const redactUrlToken = (text: string): string =>
	text.replace(tokenInUrl, '$1…').replace(tokenEncoded, '$1…');

/** The same for all texts of a record. */
export const redactUrlTokens = (record: JsonRecord): JsonRecord => mapTexts(record, redactUrlToken);
