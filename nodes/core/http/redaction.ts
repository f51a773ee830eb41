import { isRecord, mapTexts, textOf, type JsonRecord } from '../json';

const maxQuoteLength = 300;
/** A status is a word; a longer one is cut. */
const maxStatusLength = 64;

/** Replacing a shorter secret would give it away by the gaps. */
const minSecretLength = 6;

/** The longest first: one secret may be a part of another. */
const sorted = (secrets: readonly string[]): string[] =>
	secrets
		.map((secret) => secret.trim())
		.filter((secret) => secret !== '')
		.sort((left, right) => right.length - left.length);

/** The forms in which an answer may repeat a secret: as it is, within JSON, within a URL. */
const formsOf = (secret: string): Set<string> =>
	new Set([
		secret,
		JSON.stringify(secret).slice(1, -1),
		encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')),
	]);

const longForms = (known: readonly string[]): string[] =>
	known
		.filter((secret) => secret.length >= minSecretLength)
		.flatMap((secret) => [...formsOf(secret)]);

const replaceForms = (text: string, forms: readonly string[]): string =>
	forms.reduce((rest, form) => rest.replaceAll(form, '…'), text);

/** A token in the query of a URL, also of one within JSON or HTML. */
const tokenInUrl = /((?:[?&]|&amp;|\\u0026)token=)[^&#\s"<>\\]+/gi;
/** The same in a URL that is encoded within another one. */
const tokenEncoded = /((?:%3f|%26)token(?:=|%3d))[^&#\s"'<>\\%]*(?:%(?!2[36])[^&#\s"'<>\\%]*)*/gi;

/** The text without the tokens of its URLs: the URL of a trigger with its token is enough to call it. */
const redactUrlToken = (text: string): string =>
	text.replace(tokenInUrl, '$1…').replace(tokenEncoded, '$1…');

/** The same for all texts in a record. */
export const redactUrlTokens = (record: JsonRecord): JsonRecord => mapTexts(record, redactUrlToken);

/** The query of a URL holds the signature of presigned links. Comma-separated URLs count as one. */
const webAddress = /https?:\/\/[^\s"'<>]+/gi;
const passwordInUrl = /([a-z]{2,20}:\/\/[^\s:@/]{0,100}:)[^\s@/]{1,200}@/gi;

/**
 * Redacts a text that came from outside: known secrets, anything that looks like a key (MonsterAPI's are JWTs), and the
 * query and the password of every URL. A text with a very short secret is redacted entirely.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
	const known = sorted(secrets);
	if (known.some((secret) => secret.length < minSecretLength && text.includes(secret))) return '…';
	return redactUrlToken(replaceForms(text, longForms(known)))
		.replace(/eyJ[\w-]{8,}(\.[\w-]+)*/g, '…')
		.replace(/(bearer\s+)[^\s"',;]+/gi, '$1…')
		.replace(passwordInUrl, '$1…@')
		.replace(webAddress, (url) => url.split('?', 1).join(''));
}

/** The same on one line, cut to the length of a quote, for messages. */
export function quoteRedacted(
	text: string,
	secrets: readonly string[],
	maxLength = maxQuoteLength,
): string {
	const redacted = redactSecrets(text, secrets).replace(/\s+/g, ' ').trim();
	return redacted.length > maxLength ? `${redacted.slice(0, maxLength)}…` : redacted;
}

/** The API's own words, which hold no secret even if an environment variable has the same value. */
const knownStatus =
	/^(in_queue|in_progress|completed|failed|building|starting|live|terminated\w{0,20})$/i;

/** A status in the API's own word: it is part of errors, logs and items. */
export const redactStatus = (status: string, secrets: readonly string[]): string =>
	knownStatus.test(status) ? status : quoteRedacted(status, secrets, maxStatusLength);

/**
 * A record without known secrets in its texts. Links stay as they are; a text with a very short secret as a word is
 * redacted entirely.
 */
export function redactKnownIn(record: JsonRecord, secrets: readonly string[]): JsonRecord {
	const known = sorted(secrets);
	const forms = longForms(known);
	const short = known.filter((secret) => secret.length < minSecretLength);
	const isLink = (text: string) => /^https?:\/\//i.test(text);
	return mapTexts(record, (text) =>
		short.some((secret) => hasWord(text, secret) && !isLink(text))
			? '…'
			: replaceForms(text, forms),
	);
}

function hasWord(text: string, word: string): boolean {
	const isPart = (character: string | undefined) =>
		character !== undefined && /[\p{L}\p{N}_]/u.test(character);
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
		if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return true;
	}
	return false;
}

/** The token for a deployment's own URL: kept only where a deployment is started or fetched. */
const accessToken = 'api_auth_token';

const secretKey =
	/(token|passw(or)?d|passphrase|pwd|secret|(api|access|private)_?key|credentials?|authorization)$/i;

/**
 * The record without tokens, passwords and values of environment variables, at any depth, under their own keys and in its
 * texts: the API may repeat its input.
 * @param secrets further ones
 * @param kept whether the deployment's own token is kept at the top level
 */
export function omitSecrets(
	record: JsonRecord,
	secrets: readonly string[],
	kept: 'withToken' | 'bare' = 'bare',
): JsonRecord {
	const known = [...secrets, ...secretsIn(record, kept)];
	const token = kept === 'withToken' ? record[accessToken] : undefined;
	const status = textOf(record, 'status');
	return {
		...redactKnownIn(omitKeys(record, 0), known),
		...(status === undefined ? {} : { status: redactStatus(status, known) }),
		...(token === undefined ? {} : { [accessToken]: token }),
	};
}

/** Deeper nesting only occurs in attempts to exhaust the stack. */
const maxDepth = 200;

const omitKeys = (record: JsonRecord, depth: number): JsonRecord =>
	Object.fromEntries(
		Object.entries(record)
			.filter(([key]) => !secretKey.test(key))
			.map(([key, value]) => [
				key,
				key === 'env_params' ? maskValues(value) : omitNested(value, depth + 1),
			]),
	);

function omitNested(value: unknown, depth: number): unknown {
	if (depth > maxDepth) return typeof value === 'object' ? null : value;
	if (Array.isArray(value)) return value.map((entry) => omitNested(entry, depth + 1));
	return isRecord(value) ? omitKeys(value, depth) : value;
}

/** Environment variables keep their names. */
const maskValues = (value: unknown): unknown =>
	isRecord(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, '…'])) : '…';

/** The secrets that an answer holds under their own keys: it may repeat them elsewhere. */
export function secretsIn(
	record: JsonRecord,
	kept: 'withToken' | 'bare' = 'bare',
	depth = 0,
): string[] {
	if (depth > maxDepth) return [];
	return Object.entries(record).flatMap(([key, value]) => {
		if (key === accessToken && kept === 'withToken') return [];
		if (key === 'env_params') return isRecord(value) ? longTexts(Object.values(value)) : [];
		if (secretKey.test(key)) return longTexts([value]);
		return [value]
			.flat(9)
			.flatMap((entry) => (isRecord(entry) ? secretsIn(entry, 'bare', depth + 1) : []));
	});
}

/** A shorter one may be any word. */
const longTexts = (values: readonly unknown[]): string[] =>
	values.filter(
		(value): value is string => typeof value === 'string' && value.length >= minSecretLength,
	);
