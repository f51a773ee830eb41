import type { FastifyInstance } from 'fastify';

import { Refusal } from './refusal.cjs';
import type { State } from './state.cjs';

interface NameRoute {
	Querystring: { url_name?: string };
}

/** GET, POST and DELETE /v1/webhook */
export function webhook(app: FastifyInstance, state: State): void {
	app.get<NameRoute>('/v1/webhook', (request) => {
		const { url_name: name } = request.query;
		if (name === undefined) return [...state.webhooks.values()];
		const found = state.webhooks.get(name);
		if (found === undefined) throw new Refusal(404, 'Not found');
		return [found];
	});

	app.post<{ Body: unknown }>('/v1/webhook', (request) => {
		const body = typeof request.body === 'object' ? { ...request.body } : {};
		const name = textOf(body, 'url_name');
		const url = textOf(body, 'webhook_url');
		if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
			throw new Refusal(400, 'Invalid Payload: webhook_url is not an http(s) URL');
		}
		state.webhooks.set(name, { url_name: name, webhook_url: url });
		return { message: 'Webhook Registered Successfully' };
	});

	app.delete<NameRoute>('/v1/webhook', (request) => {
		const name = textOf(request.query, 'url_name');
		state.webhooks.delete(name);
		return { message: 'Webhook Deleted Successfully' };
	});
}

function textOf(given: object, name: string): string {
	const value: unknown = Object.entries(given).find(([key]) => key === name)?.[1];
	if (typeof value === 'string' && value !== '') return value;
	throw new Refusal(400, `Invalid Payload: ${name} is required`);
}
