import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { totalTimeoutMs } from '../http/timeouts';
import { createWebhook, deleteWebhook, listWebhooks, type Webhook } from '../api/webhooks';
import type { JsonRecord } from '../json';
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
	isListed(await listWebhooks(client), { name, url });

const isListed = (webhooks: readonly Webhook[], { name, url }: Registration): boolean =>
	webhooks.some((webhook) => webhook.name === name && isSame(webhook.url, url));

/** Milliseconds between reads of the list: it may lag behind the change. */
const consistencyRetryMs = [500, 1_500];

/**
 * Waits until the list of webhooks shows a change that the answer did not confirm: any server answers with 200.
 * @throws MonsterApiError with `advice` when it does not
 */
async function confirmByList(
	client: Client,
	deadline: number,
	isDone: (webhooks: readonly Webhook[]) => boolean,
	{ message, advice }: { readonly message: string; readonly advice: string },
): Promise<void> {
	const { host, signal } = client;
	for (let retries = 0; ; retries++) {
		const webhooks = await listWebhooks(client, undefined, deadline).catch((error: unknown) => {
			if (!(error instanceof MonsterApiError)) throw error;
			const reason = `The list could not be read: ${error.message}. ${error.details.advice ?? ''}`;
			throw new MonsterApiError(message, {
				advice: `${advice} ${reason}`.trim(),
				retryable: false,
			});
		});
		if (isDone(webhooks)) return;
		const pauseMs = consistencyRetryMs[retries];
		if (pauseMs === undefined || host.now() + pauseMs >= deadline) {
			throw new MonsterApiError(message, { advice, retryable: false });
		}
		await host.sleep(pauseMs, signal);
	}
}

/**
 * Creates a webhook. Succeeds only if the answer, or else the list of webhooks, says so.
 * @returns the response as received
 * @throws MonsterApiError, 408 when MonsterAPI could not reach the URL
 */
export async function addWebhook(client: Client, registration: Registration): Promise<JsonRecord> {
	const { confirmed, quote, raw } = await createWebhook(client, registration);
	if (confirmed) return raw;
	const deadline = client.host.now() + totalTimeoutMs.webhook;
	await confirmByList(client, deadline, (webhooks) => isListed(webhooks, registration), {
		message: `MonsterAPI did not confirm that the webhook '${registration.name}' is registered`,
		advice:
			`It may be registered nevertheless: check with Webhook > Get Many before you try again, and check the base URL of the credential. ${quote}`.trim(),
	});
	return {};
}

/**
 * Deletes webhooks. One that no longer exists counts as deleted. Succeeds only if the answers, or else the list of webhooks,
 * say so.
 * @param deadline on the host's clock
 * @throws MonsterApiError
 */
export async function removeWebhooks(
	client: Client,
	names: readonly string[],
	deadline = client.host.now() + totalTimeoutMs.webhook,
): Promise<void> {
	const unconfirmed = new Map<string, string>();
	for (const name of names) {
		const { confirmed, quote } = await deleteWebhook(client, name, deadline);
		if (!confirmed) unconfirmed.set(name, quote);
	}
	if (unconfirmed.size === 0) return;
	const areGone = (webhooks: readonly Webhook[]) =>
		!webhooks.some(({ name }) => unconfirmed.has(name));
	await confirmByList(client, deadline, areGone, {
		message: 'MonsterAPI did not confirm that the webhook was deleted',
		advice:
			`It may still be registered: check with Webhook > Get Many, and delete it again. ${[...unconfirmed.values()].join(' ')}`.trim(),
	});
}

/**
 * Registers a webhook. Safe to repeat: an identical registration is left alone. A name that points elsewhere is deleted
 * first, and restored if MonsterAPI rejects the new URL, since another n8n may depend on it. Other names of the URL, such as
 * the trigger's earlier one, are deleted.
 * @returns the URL that the name pointed to before, if it was another one
 * @throws MonsterApiError, 408 when MonsterAPI could not reach the URL
 */
export async function register(
	client: Client,
	registration: Registration,
): Promise<string | undefined> {
	const { name, url } = registration;
	const webhooks = await listWebhooks(client);
	const previous = webhooks.find((webhook) => webhook.name === name);
	const isRepeated = previous !== undefined && isSame(previous.url, url);
	if (!isRepeated) await replace(client, registration, previous);
	await removeWebhooks(client, namesOf(webhooks, url, name)).catch((error: unknown) => {
		// They call the same trigger, and are deleted with it at the latest.
		if (!(error instanceof MonsterApiError)) throw error;
		client.host.log(`An earlier name of the webhook '${name}' was not deleted`, {});
	});
	return isRepeated ? undefined : previous?.url;
}

/** Registers a name that is free or points elsewhere. @throws MonsterApiError */
async function replace(
	client: Client,
	{ name, url }: Registration,
	previous: Webhook | undefined,
): Promise<void> {
	if (previous !== undefined) await removeWebhooks(client, [name]);
	await addWebhook(client, { name, url }).catch(async (error: unknown) => {
		if (previous === undefined) throw error;
		const advice = await addWebhook(client, { name, url: previous.url }).then(
			() => restored,
			() => notRestored,
		);
		throw withAdvice(error, advice);
	});
}

const restored = 'The name points to its previous URL again.';
const notRestored =
	'The name pointed to another URL, which could not be restored: unpublish that workflow and publish it again.';

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

/** The names that point to a URL, whatever its token, except for `kept`. */
const namesOf = (webhooks: readonly Webhook[], url: string, kept?: string): string[] =>
	webhooks
		.filter((webhook) => addressOf(webhook.url) === addressOf(url) && webhook.name !== kept)
		.map(({ name }) => name);

/**
 * Deletes every webhook that points to this URL, whatever its name or token: the name in the form or the API key may have
 * changed. Takes 20 s at most, since a user who unpublishes waits for it.
 * @throws MonsterApiError
 */
export async function unregister(client: Client, url: string): Promise<void> {
	const deadline = client.host.now() + totalTimeoutMs.webhook;
	const webhooks = await listWebhooks(client, undefined, deadline);
	await removeWebhooks(client, namesOf(webhooks, url), deadline);
}
