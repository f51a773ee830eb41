import { createClient } from '../../../nodes/core/api/client';
import { unregister } from '../../../nodes/core/webhook/registration';
import { fault, json, virtualHost, type Responder } from '../fakes/virtual-host.cjs';

const url = 'https://n8n.test/webhook/1/webhook';
const listed = json(200, [
	{ url_name: 'old', webhook_url: `${url}?token=1` },
	{ url_name: 'new', webhook_url: `${url}?token=2` },
	{ url_name: 'other', webhook_url: 'https://n8n.test/webhook/2/webhook' },
]);

/** Takes a webhook back from an API that answers in its own time. */
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

test('what points here is taken back, under all its names', async () => {
	const { outcome, deleted } = await takenBack(({ method }) =>
		method === 'GET' ? listed : json(200, {}),
	);
	expect(outcome).toBe('done');
	expect(deleted).toEqual(['old', 'new']);
});

/* How the API wraps its list is written nowhere. */
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
