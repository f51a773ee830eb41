import type { FastifyInstance } from 'fastify';

import { sendOut, type Outgoing } from './outgoing.cjs';
import { Refusal } from './refusal.cjs';
import type { State } from './state.cjs';
import type { WebhookProbe } from './webhook-settings.cjs';

interface NameRoute {
	Querystring: { url_name?: string };
}

/** GET, POST and DELETE /v1/webhook */
export function webhook(app: FastifyInstance, state: State): void {
	app.get<NameRoute>('/v1/webhook', (request) => {
		const { url_name: name } = request.query;
		const found = [...state.webhooks.values()].filter(
			({ url_name }) => name === undefined || url_name === name,
		);
		const emptyIsFine = name === undefined && state.settings.webhookEmpty === 'list';
		if (found.length === 0 && !emptyIsFine) throw new Refusal(404, 'Not found');
		return found;
	});

	app.post<{ Body: unknown }>('/v1/webhook', async (request) => {
		const body = typeof request.body === 'object' ? { ...request.body } : {};
		const name = textOf(body, 'url_name');
		const url = textOf(body, 'webhook_url');
		if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
			throw new Refusal(400, 'Invalid Payload: webhook_url is not an http(s) URL');
		}
		if (state.settings.webhookDuplicate === 'refuse' && state.webhooks.has(name)) {
			throw new Refusal(400, `Invalid Payload: ${name} is registered already`);
		}
		await tryOut(state, url);
		const registered = { url_name: name, webhook_url: url };
		state.webhooks.set(name, registered);
		return { message: 'Webhook Registered Successfully', ...registered };
	});

	app.delete<NameRoute>('/v1/webhook', (request) => {
		const name = textOf(request.query, 'url_name');
		const known = state.webhooks.delete(name);
		if (!known && state.settings.webhookGone === '404') throw new Refusal(404, 'Not found');
		return { message: 'Webhook Deleted Successfully' };
	});
}

function textOf(given: object, name: string): string {
	const value: unknown = Object.entries(given).find(([key]) => key === name)?.[1];
	if (typeof value === 'string' && value !== '') return value;
	throw new Refusal(400, `Invalid Payload: ${name} is required`);
}

type Probe = Omit<Outgoing, 'url'>;

const probes: Readonly<Record<Exclude<WebhookProbe, 'none'>, Probe>> = {
	GET: { method: 'GET' },
	HEAD: { method: 'HEAD' },
	POST: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
	'POST-empty': { method: 'POST' },
};

/** @throws Refusal (408) when nothing at the URL answers with 2xx in time */
async function tryOut({ settings, outbox }: State, url: string): Promise<void> {
	const { webhookProbe, probeTimeoutMs: timeoutMs } = settings;
	if (webhookProbe === 'none') return;
	const probe = { url, ...probes[webhookProbe] };
	// Without any time nobody is asked: a quick receiver could be done before a timer rings.
	const { status } =
		timeoutMs === 0 ? { status: 0 } : await sendOut(probe, { timeoutMs, signal: outbox.signal });
	if (status >= 200 && status <= 299) return;
	const what = status === 0 ? 'did not answer' : `answered ${status}`;
	throw new Refusal(408, `Request Timeout: the webhook URL ${what}`);
}
