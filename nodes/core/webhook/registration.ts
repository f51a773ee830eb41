import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { totalTimeoutMs } from '../http/timeouts';
import { createWebhook, deleteWebhook, listWebhooks } from '../api/webhooks';
import { trimEndOf } from '../trimEndOf';

export interface Registration {
	/** The name by which jobs refer to the webhook. */
	readonly name: string;
	/** The URL that MonsterAPI calls, with the token: never shown. */
	readonly url: string;
}

/**
 * Whether exactly this name and URL are registered.
 * @throws MonsterApiError
 */
export const isRegistered = async (client: Client, { name, url }: Registration): Promise<boolean> =>
	(await listWebhooks(client)).some((webhook) => webhook.name === name && isSame(webhook.url, url));

/**
 * Registers a webhook. Safe to repeat: an identical registration is left alone. A name that points elsewhere is deleted
 * first, and restored if MonsterAPI rejects the new URL, since another n8n may depend on it.
 * @returns the URL that the name pointed to before, if it was another one
 * @throws MonsterApiError, 408 when MonsterAPI could not reach the URL
 */
export async function register(
	client: Client,
	registration: Registration,
): Promise<string | undefined> {
	const { name, url } = registration;
	const previous = (await listWebhooks(client)).find((webhook) => webhook.name === name);
	if (previous !== undefined && isSame(previous.url, url)) return undefined;
	if (previous !== undefined) await deleteWebhook(client, name);
	await createWebhook(client, { name, url }).catch(async (error: unknown) => {
		if (previous === undefined) throw error;
		const advice = await createWebhook(client, { name, url: previous.url }).then(
			() => restored,
			() => notRestored,
		);
		throw withAdvice(error, advice);
	});
	return previous?.url;
}

const restored = 'The name points to its previous URL again.';
const notRestored =
	'The name pointed to another URL, which could not be restored: publish that workflow again.';

const withAdvice = (error: unknown, advice: string): unknown =>
	error instanceof MonsterApiError
		? error.with({ advice: `${error.details.advice ?? ''} ${advice}`.trim() })
		: error;

/** The normalized origin and path of a URL, without a trailing slash. */
function addressOf(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	return url === undefined ? text : `${url.origin}${trimEndOf(url.pathname, '/')}`;
}

const tokenOf = (text: string): string | null =>
	URL.canParse(text) ? new URL(text).searchParams.get('token') : null;

/** Whether two URLs are the same webhook: MonsterAPI may return one in another spelling. */
const isSame = (left: string, right: string): boolean =>
	addressOf(left) === addressOf(right) && tokenOf(left) === tokenOf(right);

/**
 * Deletes every webhook that points to this URL, whatever its name or token: the name in the form or the API key may have
 * changed. Takes 20 s at most, since a user who unpublishes waits for it.
 * @throws MonsterApiError
 */
export async function unregister(client: Client, url: string): Promise<void> {
	const deadline = client.host.now() + totalTimeoutMs.webhook;
	for (const webhook of await listWebhooks(client, undefined, deadline)) {
		if (addressOf(webhook.url) === addressOf(url)) {
			await deleteWebhook(client, webhook.name, deadline);
		}
	}
}
