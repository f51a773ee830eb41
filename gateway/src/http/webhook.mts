import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isReachable } from '../callbacks/probe.mts';
import {
	countWebhooks,
	deleteWebhook,
	listWebhooks,
	saveWebhook,
} from '../callbacks/webhook-store.mts';
import { AddressRefusedError } from '../files/address-policy.mts';
import { isStorableText } from '../store/storable.mts';
import { HttpError } from './http-error.mts';
import type { Services } from './services.mts';

const maxWebhooks = 1_000;

type ByName = { Querystring: { url_name?: unknown } };

/** GET, POST and DELETE /webhook */
export function webhookRoutes(server: FastifyInstance, services: Services): void {
	const { config, database } = services;

	server.get<ByName>('/webhook', async (request) => {
		const { url_name } = request.query;
		const name = url_name === undefined ? undefined : readWebhookName(url_name);
		const found = await listWebhooks(database, request.apiKey.name, name);
		if (name !== undefined && found.length === 0) throw new HttpError(404, `No webhook '${name}'`);
		return found;
	});

	server.post('/webhook', async (request) => {
		const { webhook, url } = readWebhook(request.body);
		await checkCount(request, webhook.url_name);
		const reachable = await isReachable(url, config.allowPrivateAddresses).catch(
			(error: unknown) => {
				if (error instanceof AddressRefusedError)
					throw new HttpError(400, `Invalid Payload: ${error.message}`);
				request.log.info({ err: error, host: url.host }, 'webhook not reachable');
				return false;
			},
		);
		if (!reachable) {
			throw new HttpError(408, `The webhook URL at ${url.host} did not answer in time`);
		}
		await saveWebhook(database, request.apiKey.name, webhook);
		return { message: 'Webhook Registered Successfully', ...webhook };
	});

	server.delete<ByName>('/webhook', async (request) => {
		await deleteWebhook(database, request.apiKey.name, readWebhookName(request.query.url_name));
		return { message: 'Webhook Deleted Successfully' };
	});

	async function checkCount(request: FastifyRequest, name: string): Promise<void> {
		const { name: keyName } = request.apiKey;
		if ((await countWebhooks(database, keyName)) < maxWebhooks) return;
		if ((await listWebhooks(database, keyName, name)).length > 0) return;
		throw new HttpError(
			400,
			`Invalid Payload: ${maxWebhooks} webhooks are the most; delete some first`,
		);
	}
}

function readWebhook(body: unknown): {
	webhook: { url_name: string; webhook_url: string };
	url: URL;
} {
	const { webhook_url: link, url_name: name }: { webhook_url?: unknown; url_name?: unknown } =
		typeof body === 'object' && body !== null ? body : {};
	const url_name = readWebhookName(name);
	const isLink = typeof link === 'string' && link.length <= 4_000 && isStorableText(link);
	if (!isLink || !URL.canParse(link)) {
		throw new HttpError(400, "Invalid Payload: 'webhook_url' is not a URL");
	}
	return { webhook: { url_name, webhook_url: link }, url: new URL(link) };
}

/** @throws HttpError 400 */
export function readWebhookName(value: unknown): string {
	const isName = typeof value === 'string' && value !== '' && value.length <= 200;
	if (isName && isStorableText(value)) return value;
	throw new HttpError(400, "Invalid Payload: 'url_name' is missing, too long or not a text");
}
