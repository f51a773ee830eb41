import { isRecord, textOf, type JsonRecord } from '../json';
import type { Client } from '../http/client';
import { attemptMs, attempts, patienceMs } from '../http/limits';

export interface Webhook {
	readonly name: string;
	readonly url: string;
	readonly raw: JsonRecord;
}

/** One webhook or a list of them, bare or wrapped: which of these the API gives is written nowhere. */
function readWebhooks(body: unknown): Webhook[] {
	if (Array.isArray(body)) return body.flatMap(readWebhooks);
	if (!isRecord(body)) return [];
	const name = textOf(body, 'url_name');
	return name === undefined
		? Object.values(body).flatMap(readWebhooks)
		: [{ name, url: textOf(body, 'webhook_url') ?? '', raw: body }];
}

/**
 * `GET /webhook`: the registered webhooks, none on an account that has none.
 * @param name asks for this one only
 * @param until moment of the host's clock at which it is given up
 * @throws MonsterApiError
 */
export const listWebhooks = async (
	client: Client,
	name?: string,
	until = client.host.now() + patienceMs.webhook,
): Promise<Webhook[]> =>
	await client.send<Webhook[]>({
		method: 'GET',
		path: '/webhook',
		...(name === undefined ? {} : { query: { url_name: name } }),
		endpoint: 'webhook',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.webhook,
		maxAttempts: attempts.webhook,
		deadline: until,
		// The documentation lists 404 for this call: an account without webhooks.
		acceptedStatuses: [404],
		parse: (body, { status }) => {
			if (status === 404) return { value: [] };
			return Array.isArray(body) || isRecord(body)
				? { value: readWebhooks(body) }
				: { unreadable: 'MonsterAPI answered with something that is no list of webhooks' };
		},
	});

/**
 * `POST /webhook`. MonsterAPI tries the URL before it registers it.
 * @returns the answer as it came
 * @throws MonsterApiError, 408 when the URL could not be reached
 */
export const createWebhook = async (
	client: Client,
	{ name, url }: Pick<Webhook, 'name' | 'url'>,
): Promise<JsonRecord> =>
	await client.send({
		method: 'POST',
		path: '/webhook',
		body: () => ({ kind: 'json', value: { webhook_url: url, url_name: name } }),
		endpoint: 'webhook',
		idempotency: 'nonIdempotent',
		pool: 'request',
		timeoutMs: attemptMs.submit,
		maxAttempts: attempts.connect,
		deadline: client.host.now() + patienceMs.call,
		// What a success says is documented nowhere.
		parse: (body) => ({ value: isRecord(body) ? body : {} }),
	});

/**
 * `DELETE /webhook?url_name=`. One that is gone already counts as deleted.
 * @param until moment of the host's clock at which it is given up
 * @throws MonsterApiError
 */
export const deleteWebhook = async (
	client: Client,
	name: string,
	until = client.host.now() + patienceMs.webhook,
): Promise<void> =>
	await client.send<void>({
		method: 'DELETE',
		path: '/webhook',
		query: { url_name: name },
		endpoint: 'webhook',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptMs.webhook,
		maxAttempts: attempts.webhook,
		deadline: until,
		acceptedStatuses: [404, 410],
		parse: () => ({ value: undefined }),
	});
