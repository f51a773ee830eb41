import { validationError } from './http/errors';
import { withoutInvisible } from './text';

/** The credential as it is sent, whatever was pasted into its form. */
export interface Credential {
	readonly apiKey: string;
	/** Without a trailing slash. */
	readonly baseUrl: string;
	/** Texts that no error may hold: the key as it is sent, and as it was entered. */
	readonly secrets: readonly string[];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The key as it is sent: without blanks, line breaks, invisible characters and a leading "Bearer". */
export const normalizeApiKey = (value: unknown): string =>
	withoutInvisible(textOf(value).replace(/\s+/g, ' '))
		.trim()
		.replace(/^(?:Authorization: ?)?(?:Bearer(?: |$))+/i, '')
		.replaceAll(' ', '');

const hostedService = 'That of the hosted service is https://api.monsterapi.ai/v1.';

/** @throws MonsterApiError when it is empty or cannot be a key */
function requireApiKey(value: unknown): string {
	const key = normalizeApiKey(value);
	if (key === '') {
		throw validationError(
			'The API key of the MonsterAPI credential is empty',
			'Copy it from the MonsterAPI dashboard.',
		);
	}
	if (/^[\x21-\x7e]+$/.test(key)) return key;
	throw validationError(
		'The API key of the MonsterAPI credential has characters that no key has',
		'Copy it again from the MonsterAPI dashboard.',
	);
}

/**
 * The base URL as it is sent: without blanks, invisible characters, doubled slashes and those at its end.
 * @throws MonsterApiError when it is not a web address that paths can be added to
 */
function requireBaseUrl(value: unknown): string {
	const text = withoutInvisible(textOf(value)).replace(/\s+/g, '');
	const name = 'The base URL of the MonsterAPI credential';
	if (text === '') throw validationError(`${name} is empty`, hostedService);
	if (!/^https?:\/\//i.test(text)) {
		throw validationError(`${name} does not start with https:// or http://`, hostedService);
	}
	if (!URL.canParse(text)) throw validationError(`${name} is not a web address`, hostedService);
	const url = new URL(text);
	if (/[?#]/.test(text) || url.username !== '' || url.password !== '') {
		throw validationError(
			`${name} has more than a host and a path`,
			`Remove the user name, or everything from ? or # on. ${hostedService}`,
		);
	}
	return `${url.origin}${url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '')}`;
}

/**
 * Parses the credential's form. Everything that reads it gets the same key and base URL: requests, tokens, errors.
 * @throws MonsterApiError that says what is wrong with it
 */
export function parseCredential(form: {
	readonly apiKey?: unknown;
	readonly baseUrl?: unknown;
}): Credential {
	const baseUrl = requireBaseUrl(form.baseUrl);
	const apiKey = requireApiKey(form.apiKey);
	return { apiKey, baseUrl, secrets: [apiKey, textOf(form.apiKey)] };
}
