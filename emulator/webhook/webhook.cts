import type { FastifyInstance } from 'fastify';

import { sendOut, type Outgoing } from './outgoing.cjs';
import { HttpError } from '../http-error.cjs';
import { validatedBy } from '../route-schema.cjs';
import type { State, Webhook } from '../state.cjs';
import type { WebhookProbe } from './webhook-settings.cjs';

interface NameRoute {
	Querystring: { url_name?: string };
}

/** GET, POST and DELETE /v1/webhook */
export function webhook(app: FastifyInstance, state: State): void {
	app.get<NameRoute>('/v1/webhook', validatedBy('getWebhooks'), (request) => {
		const { url_name: name } = request.query;
		const found = [...state.webhooks.values()].filter(
			({ url_name }) => name === undefined || url_name === name,
		);
		const emptyIsFine = name === undefined && state.settings.webhookEmpty === 'list';
		if (found.length === 0 && !emptyIsFine) throw new HttpError(404, 'Not found');
		return found;
	});

	app.post<{ Body: Webhook }>('/v1/webhook', validatedBy('addWebhook'), async (request) => {
		const { url_name: name, webhook_url: url } = request.body;
		if (state.settings.webhookDuplicate === 'refuse' && state.webhooks.has(name)) {
			throw new HttpError(400, `Invalid Payload: ${name} is registered already`);
		}
		await probe(state, url);
		const registered = { url_name: name, webhook_url: url };
		state.webhooks.set(name, registered);
		return { message: 'Webhook Registered Successfully', ...registered };
	});

	app.delete<NameRoute>('/v1/webhook', validatedBy('deleteWebhook'), (request) => {
		const { url_name: name = '' } = request.query;
		const known = state.webhooks.delete(name);
		if (!known && state.settings.webhookGone === '404') throw new HttpError(404, 'Not found');
		return { message: 'Webhook Deleted Successfully' };
	});
}

type Probe = Omit<Outgoing, 'url'>;

const probes: Readonly<Record<Exclude<WebhookProbe, 'none'>, Probe>> = {
	GET: { method: 'GET' },
	HEAD: { method: 'HEAD' },
	POST: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
	'POST-empty': { method: 'POST' },
};

/** @throws HttpError (408) when nothing at the URL answers with 2xx in time */
async function probe({ settings, outbox }: State, url: string): Promise<void> {
	const { webhookProbe, probeTimeoutMs: timeoutMs } = settings;
	if (webhookProbe === 'none') return;
	const request = { url, ...probes[webhookProbe] };
	// With no time at all the URL is not requested: a quick receiver could answer before a timer fires.
	const { status } =
		timeoutMs === 0 ? { status: 0 } : await sendOut(request, { timeoutMs, signal: outbox.signal });
	if (status >= 200 && status <= 299) return;
	const what = status === 0 ? 'did not answer' : `answered ${status}`;
	throw new HttpError(408, `Request Timeout: the webhook URL ${what}`);
}
