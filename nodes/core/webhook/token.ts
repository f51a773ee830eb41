import { createHmac, timingSafeEqual } from 'crypto';

/**
 * Proves that a callback came to a URL that this account registered: an HMAC-SHA256 of the webhook's scope with the API
 * key. MonsterAPI does not sign callbacks, so the token is part of the URL; it is not stored, and expires with the key.
 * @param scope distinguishes this webhook from every other one of the same account
 */
export const webhookToken = (apiKey: string, scope: string): string =>
	createHmac('sha256', apiKey).update(`n8n-nodes-monsterapi:${scope}`).digest('base64url');

/** Compares in constant time; a value that is not a string never matches. */
export function isToken(value: unknown, expected: string): boolean {
	if (typeof value !== 'string') return false;
	// Digests, since the comparison needs equal lengths and must not reveal the expected one.
	const digest = (text: string) => createHmac('sha256', expected).update(text).digest();
	return timingSafeEqual(digest(value), digest(expected));
}
