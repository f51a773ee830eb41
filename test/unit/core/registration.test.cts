import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { register, unregister } from '../../../nodes/core/webhook/registration';
import {
	fault,
	json,
	jsonBody,
	virtualHost,
	type Responder,
} from '../../support/fakes/virtual-host.cjs';

const url = 'https://n8n.test/webhook/1/webhook';
const listed = json(200, [
	{ url_name: 'old', webhook_url: `${url}?token=1` },
	{ url_name: 'new', webhook_url: `${url}?token=2` },
	{ url_name: 'other', webhook_url: 'https://n8n.test/webhook/2/webhook' },
]);

/** Unregisters a webhook at an API that takes its time. */
async function takenBack(respond: Responder) {
	const host = virtualHost(respond);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const outcome = await host.run(
		unregister(client, url).then(
			() => 'done',
			(error: unknown) => String(error),
		),
	);
	const deleted = host.requests.flatMap(({ request }) =>
		request.method === 'DELETE' ? [request.query?.['url_name']] : [],
	);
	return { outcome, deleted, host };
}

test('every name that points to the URL is deleted', async () => {
	const { outcome, deleted } = await takenBack(({ method }) =>
		method === 'GET' ? listed : json(200, { message: 'Webhook deleted' }),
	);
	expect(outcome).toBe('done');
	expect(deleted).toEqual(['old', 'new']);
});

test.each([
	['and the name points to it again', 0, /points to its previous URL again/],
	['and says so when it cannot be put back', 9, /: unpublish that workflow and publish it again/],
])('an address that is not taken takes no other n8n off the air, %s', async (_how, away, news) => {
	const elsewhere = 'https://production.test/webhook/1/webhook?token=1';
	const webhooks = new Map([['mine', elsewhere]]);
	let failures = 0;
	const host = virtualHost((request) => {
		const { method, query } = request;
		if (method === 'GET') {
			return json(
				200,
				[...webhooks].map(([name, at]) => ({ url_name: name, webhook_url: at })),
			);
		}
		if (method === 'DELETE')
			return json(webhooks.delete(query?.['url_name'] ?? '') ? 200 : 404, {});
		const { url_name: name, webhook_url: at } = jsonBody(request);
		if (at !== elsewhere || failures++ < away) return json(408, { message: 'No answer' });
		webhooks.set(String(name), at);
		return json(200, {});
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const error = await host.run(
		register(client, { name: 'mine', url }).catch((caught: unknown) => caught),
	);
	expect(error).toBeInstanceOf(MonsterApiError);
	expect(error).toMatchObject({ details: { status: 408, advice: expect.stringMatching(news) } });
	expect(webhooks.get('mine')).toBe(away === 0 ? elsewhere : undefined);
});

/* How the API wraps its list is undocumented. */
const mine = { url_name: 'mine', webhook_url: url };
test.each([
	mine,
	[mine],
	{ webhooks: [mine] },
	{ errors: [], webhooks: [mine] },
	{ data: { webhooks: [mine] } },
	{ message: 'ok', webhook: mine },
])('%j has a webhook', async (body) => {
	const { deleted } = await takenBack(({ method }) => json(200, method === 'GET' ? body : {}));
	expect(deleted).toEqual(['mine']);
});

test.each<[string, number]>([
	['at once', 0],
	['after nine seconds', 9_000],
	['never', Infinity],
])('an API that lists %s and then hangs is given up within 20 s', async (_name, listMs) => {
	const { outcome, host } = await takenBack(async ({ method, timeoutMs }, self) => {
		const answerMs = method === 'GET' ? listMs : Infinity;
		await self.sleep(Math.min(answerMs, timeoutMs), self.signal);
		return answerMs < timeoutMs ? listed : fault('ETIMEDOUT', 'maybe');
	});
	expect(outcome).toMatch(/Error/);
	expect(host.now()).toBeGreaterThan(15_000);
	expect(host.now()).toBeLessThanOrEqual(20_000);
});
