import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { patienceMs } from '../http/limits';
import { createWebhook, deleteWebhook, listWebhooks } from '../api/webhooks';

export interface Registration {
	/** The name under which a job names the webhook. */
	readonly name: string;
	/** Where MonsterAPI calls, token included: a capability, never shown. */
	readonly url: string;
}

/**
 * Whether exactly this registration stands.
 * @throws MonsterApiError
 */
export const isRegistered = async (client: Client, { name, url }: Registration): Promise<boolean> =>
	(await listWebhooks(client)).some((known) => known.name === name && isSame(known.url, url));

/**
 * Registers a webhook. Safe to repeat: what stands already is left alone, and a name that points elsewhere is taken
 * back first, and put back when MonsterAPI does not take the new address: another n8n may live on it.
 * @returns where the name pointed before, when that was elsewhere
 * @throws MonsterApiError, 408 when MonsterAPI could not reach the URL
 */
export async function register(
	client: Client,
	registration: Registration,
): Promise<string | undefined> {
	const { name, url } = registration;
	const known = await listWebhooks(client);
	const own = known.find((webhook) => webhook.name === name);
	if (own !== undefined && isSame(own.url, url)) return undefined;
	if (own !== undefined) await deleteWebhook(client, name);
	await createWebhook(client, { name, url }).catch(async (error: unknown) => {
		if (own === undefined) return await Promise.reject(error);
		const news = await createWebhook(client, { name, url: own.url }).then(
			() => stillElsewhere,
			() => nowNowhere,
		);
		return await Promise.reject(withNews(error, news));
	});
	return own?.url;
}

const stillElsewhere = 'The name points to where it pointed before.';
const nowNowhere =
	'The name pointed elsewhere before, and could not be put back: publish that workflow again.';

const withNews = (error: unknown, news: string): unknown =>
	error instanceof MonsterApiError
		? error.with({ advice: `${error.details.advice ?? ''} ${news}`.trim() })
		: error;

/** Host and path of a URL, in the one form that the platform gives them, without a slash at the end. */
function addressOf(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	return url === undefined ? text : `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

const tokenOf = (text: string): string | null =>
	URL.canParse(text) ? new URL(text).searchParams.get('token') : null;

/** Whether two URLs are the same webhook: MonsterAPI may give one back in another spelling. */
const isSame = (left: string, right: string): boolean =>
	addressOf(left) === addressOf(right) && tokenOf(left) === tokenOf(right);

/**
 * Takes back everything that points here, whatever its name: a name may have been changed meanwhile. What is gone
 * already counts as taken back. The token does not matter: the API key may have changed. Looking and deleting together
 * take 20 s at most: a user who unpublishes waits for it.
 * @throws MonsterApiError
 */
export async function unregister(client: Client, url: string): Promise<void> {
	const until = client.host.now() + patienceMs.webhook;
	const known = await listWebhooks(client, undefined, until);
	for (const webhook of known) {
		if (addressOf(webhook.url) === addressOf(url)) await deleteWebhook(client, webhook.name, until);
	}
}

/**
 * Whether a URL is one that only this machine or its own network can reach.
 * @returns false for anything that could be public
 */
export function isPrivateUrl(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const host = new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase();
	return (
		host === 'localhost' ||
		/\.(localhost|local|internal|home\.arpa)$/.test(host) ||
		/^(127|10)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^0\./.test(host) ||
		/^(::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)$/.test(host) ||
		(!host.includes('.') && !host.includes(':'))
	);
}
