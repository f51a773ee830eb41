import { createHmac, timingSafeEqual } from 'crypto';

/**
 * The proof that a callback came to a URL that this account registered: an HMAC-SHA256 with the API key over the
 * webhook's place. MonsterAPI signs nothing, so the token travels in the URL; nothing has to be stored, and it ends
 * with the key.
 * @param place what tells this webhook from every other of the same account
 */
export const webhookToken = (apiKey: string, place: string): string =>
	createHmac('sha256', apiKey).update(`n8n-nodes-monsterapi:${place}`).digest('base64url');

/** Compares in constant time; anything that is no text is no token. */
export function isToken(given: unknown, expected: string): boolean {
	if (typeof given !== 'string') return false;
	// Digests, since the comparison needs equal lengths and must not tell the right one.
	const digest = (text: string) => createHmac('sha256', expected).update(text).digest();
	return timingSafeEqual(digest(given), digest(expected));
}
