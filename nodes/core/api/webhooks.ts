import { isRecord, textOf, type JsonRecord } from '../json';
import type { Client } from '../http/client';
import { redactKnownIn } from '../http/redaction';
import { attemptTimeoutMs, maxAttempts, totalTimeoutMs } from '../http/timeouts';
import { confirms, statesFailure, toChange, type Change } from './confirmation';

export interface Webhook {
	readonly name: string;
	readonly url: string;
	readonly raw: JsonRecord;
}

/** One webhook or a list, bare or wrapped: the documentation does not say which of these the API returns. */
function parseWebhooks(body: unknown, secrets: readonly string[]): Webhook[] {
	if (Array.isArray(body)) return body.flatMap((entry) => parseWebhooks(entry, secrets));
	if (!isRecord(body)) return [];
	const name = textOf(body, 'url_name');
	return name === undefined
		? Object.values(body).flatMap((entry) => parseWebhooks(entry, secrets))
		: [{ name, url: textOf(body, 'webhook_url') ?? '', raw: redactKnownIn(body, secrets) }];
}

/**
 * `GET /webhook`: the registered webhooks.
 * @param name to ask for this one only
 * @param deadline on the host's clock
 * @throws MonsterApiError
 */
export const listWebhooks = async (
	client: Client,
	name?: string,
	deadline = client.host.now() + totalTimeoutMs.webhook,
): Promise<Webhook[]> =>
	await client.send<Webhook[]>({
		method: 'GET',
		path: '/webhook',
		...(name === undefined ? {} : { query: { url_name: name } }),
		endpoint: 'webhook',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.webhook,
		maxAttempts: maxAttempts.webhook,
		deadline,
		// The documentation lists 404 for this call: an account without webhooks.
		acceptedStatuses: [404],
		parse: (body, { status, text }) => {
			const isJson = Array.isArray(body) || isRecord(body);
			if (status === 404 && (isJson || text.trim() === '')) return { value: [] };
			// A stated failure does not mean that there are none.
			return isJson && !statesFailure(body)
				? { value: parseWebhooks(body, client.secrets) }
				: { unreadable: 'MonsterAPI answered with something that is not a list of webhooks' };
		},
	});

/**
 * `POST /webhook`. MonsterAPI calls the URL before it registers it.
 * @throws MonsterApiError, 408 when the URL could not be reached
 */
export const createWebhook = async (
	client: Client,
	{ name, url }: Pick<Webhook, 'name' | 'url'>,
): Promise<Change> =>
	await client.send<Change>({
		method: 'POST',
		path: '/webhook',
		body: () => ({ kind: 'json', value: { webhook_url: url, url_name: name } }),
		endpoint: 'webhook',
		idempotency: 'nonIdempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.submit,
		maxAttempts: maxAttempts.connect,
		deadline: client.host.now() + totalTimeoutMs.call,
		// The body of a success is undocumented.
		acceptsAnyText: true,
		parse: (body, { text }) => {
			const isEcho =
				!statesFailure(body) &&
				parseWebhooks(body, client.secrets).some(
					(webhook) => webhook.name === name && webhook.url === url,
				);
			const confirmed = isEcho || confirms(body, /\b(?:registered|created|added|saved)\b/i);
			return { value: toChange(body, text, confirmed, client.secrets) };
		},
	});

/**
 * `DELETE /webhook?url_name=`. One that no longer exists is no error.
 * @param deadline on the host's clock
 * @throws MonsterApiError
 */
export const deleteWebhook = async (
	client: Client,
	name: string,
	deadline = client.host.now() + totalTimeoutMs.webhook,
): Promise<Change> =>
	await client.send<Change>({
		method: 'DELETE',
		path: '/webhook',
		query: { url_name: name },
		endpoint: 'webhook',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs: attemptTimeoutMs.webhook,
		maxAttempts: maxAttempts.webhook,
		deadline,
		acceptedStatuses: [404, 410],
		acceptsAnyText: true,
		parse: (body, { status, text }) => {
			// A 404 may come from anywhere.
			const confirmed = status < 300 && confirms(body, /\b(?:deleted|removed)\b/i);
			return { value: toChange(body, text, confirmed, client.secrets) };
		},
	});
