import { isRecord, mapTexts, type JsonRecord } from '../json';

/** The token for a deployment's own URL: kept only where a deployment is started or fetched. */
const accessToken = 'api_auth_token';

const secretKey = /(token|password|secret|api_?key|authorization)$/i;

/**
 * The record without tokens, passwords and values of environment variables at any depth: the API may repeat its input.
 * @param kept whether the deployment's own token is kept at the top level
 */
export function omitSecrets(record: JsonRecord, kept: 'withToken' | 'bare' = 'bare'): JsonRecord {
	const entries = Object.entries(record).flatMap(([key, value]): Array<[string, unknown]> => {
		if (key === accessToken) return kept === 'withToken' ? [[key, value]] : [];
		if (secretKey.test(key)) return [];
		return [[key, key === 'env_params' ? maskValues(value) : omitNested(value)]];
	});
	return Object.fromEntries(entries);
}

function omitNested(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(omitNested);
	return isRecord(value) ? omitSecrets(value) : value;
}

/** Environment variables keep their names. */
const maskValues = (value: unknown): unknown =>
	isRecord(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, '…'])) : '…';

const secretInLine =
	/((?:api[_-]?(?:auth[_-]?)?(?:key|token)|token|password)\W+)(?:bearer\s+)?[^\s"',;]+/gi;
const bearerInLine = /(bearer\s+)[^\s"',;]+/gi;

/** A line of a deployment's log without anything that looks like a token or a password. */
export const redactLogLine = (line: string): string =>
	line.replace(secretInLine, '$1…').replace(bearerInLine, '$1…');

/** A token in the query of a URL, also of one within JSON or HTML. */
const tokenInUrl = /((?:[?&]|&amp;|\\u0026)token=)[^&#\s"<>\\]+/gi;
/** The same in a URL that is encoded within another one. */
const tokenEncoded = /((?:%3f|%26)token(?:=|%3d))[^&#\s"'<>\\%]*(?:%(?!2[36])[^&#\s"'<>\\%]*)*/gi;

/** The text without the tokens of its URLs: the URL of a trigger with its token is enough to call it. */
const redactUrlToken = (text: string): string =>
	text.replace(tokenInUrl, '$1…').replace(tokenEncoded, '$1…');

/** The same for all texts in a record. */
export const redactUrlTokens = (record: JsonRecord): JsonRecord => mapTexts(record, redactUrlToken);

const maxQuoteLength = 300;

/** Replacing a shorter secret would give it away by the gaps. */
const minSecretLength = 6;

/**
 * Redacts a text that came from outside: known secrets, anything that looks like a key (MonsterAPI's are JWTs), and the
 * query of every URL, which holds the signature of presigned links. A text with a very short secret is redacted entirely.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
	// The longest first: one secret may be a part of another.
	const known = secrets
		.map((secret) => secret.trim())
		.filter((secret) => secret !== '')
		.sort((left, right) => right.length - left.length);
	if (known.some((secret) => secret.length < minSecretLength && text.includes(secret))) return '…';
	return redactUrlToken(known.reduce((rest, secret) => rest.replaceAll(secret, '…'), text))
		.replace(/eyJ[\w-]{8,}(\.[\w-]+)*/g, '…')
		.replace(/(bearer\s+)[^\s"',;]+/gi, '$1…')
		.replace(/(https?:\/\/[^\s"'?<>]+)\?[^\s"'<>]*/gi, '$1');
}

/** The same on one line, cut to the length of a quote, for messages. */
export function quoteRedacted(text: string, secrets: readonly string[]): string {
	const redacted = redactSecrets(text, secrets).replace(/\s+/g, ' ').trim();
	return redacted.length > maxQuoteLength ? `${redacted.slice(0, maxQuoteLength)}…` : redacted;
}
