import { isRecord, textOf, type JsonRecord } from '../json';
import type { Client } from './client';
import { attemptMs, attempts, patienceMs } from './limits';

export interface Webhook {
	readonly name: string;
	readonly url: string;
	readonly raw: JsonRecord;
}

/** One webhook or a list of them, bare or under a key: which of these the API gives is written nowhere. */
function readWebhooks(body: unknown): Webhook[] {
	const listed = Array.isArray(body)
		? body
		: isRecord(body)
			? (Object.values(body).find(Array.isArray) ?? [body])
			: [];
	return listed.filter(isRecord).flatMap((raw) => {
		const name = textOf(raw, 'url_name');
		return name === undefined ? [] : [{ name, url: textOf(raw, 'webhook_url') ?? '', raw }];
	});
}

/**
 * `GET /webhook`: the registered webhooks, none on an account that has none.
 * @throws MonsterApiError
 */
export const listWebhooks = async (client: Client): Promise<Webhook[]> =>
	await client.send({
		method: 'GET',
		path: '/webhook',
		topic: 'webhook',
		nature: 'read',
		lane: 'request',
		timeoutMs: attemptMs.read,
		attempts: attempts.read,
		until: client.host.now() + patienceMs.call,
		// The documentation lists 404 for this call: an account without webhooks.
		alsoRead: [404],
		read: (body, status) => ({ value: status === 404 ? [] : readWebhooks(body) }),
	});
