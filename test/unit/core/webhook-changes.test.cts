import { listWebhooks } from '../../../nodes/core/api/webhooks';
import type { HttpResult } from '../../../nodes/core/host';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { addWebhook, register, removeWebhooks } from '../../../nodes/core/webhook/registration';
import { unregister } from '../../../nodes/core/webhook/registration';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const url = 'https://n8n.test/webhook/1/webhook?token=1';
const mine = { url_name: 'mine', webhook_url: url };
const registration = { name: 'mine', url };

/** An API that answers changes and lists in turn; the last answer is repeated. */
const api = (change: HttpResult, ...lists: HttpResult[]): VirtualHost =>
	virtualHost(({ method }) => {
		if (method !== 'GET') return change;
		return (lists.length > 1 ? lists.shift() : lists[0]) ?? fault('UNEXPECTED', 'no', false);
	});

const settle = async <T,>(host: VirtualHost, work: Promise<T>) =>
	await host.run(
		work.catch((error: unknown) => {
			if (error instanceof MonsterApiError) return error;
			throw error;
		}),
	);
const add = async (host: VirtualHost) =>
	await settle(host, addWebhook(clientOf(host), registration));
const remove = async (host: VirtualHost) =>
	await settle(host, removeWebhooks(clientOf(host), ['mine']));
const sent = (host: VirtualHost) => host.requests.map(({ request }) => request.method).join(' ');

/* What any server may answer with 200, whether or not anything was changed. */
const noEvidence: Array<[string, HttpResult]> = [
	['a page', json(200, '<html>This domain is parked</html>')],
	['an empty body', json(200, '')],
	['JSON that breaks off', json(200, '{"message":"Webhook Regi')],
	['an empty object', json(200, {})],
	['a text', json(200, 'OK')],
	['an error', json(200, { status: 'error' })],
	['an error that repeats the request', json(200, { status: 'error', ...mine })],
	['a denial', json(200, { message: 'Webhook not registered, not deleted' })],
];
const notConfirmed = /^MonsterAPI did not confirm that the webhook/;
const list = json(200, [mine]);
const none = json(200, []);

describe('a webhook is registered', () => {
	test.each<[string, HttpResult]>([
		['says so', json(200, { message: 'Webhook Registered Successfully' })],
		['repeats it', json(200, mine)],
		['repeats it in a wrapper', json(201, { webhook: mine })],
	])('by one request if the answer %s', async (_how, answer) => {
		const host = api(answer);
		expect(await add(host)).toMatchObject({});
		expect(sent(host)).toBe('POST');
	});

	test.each(noEvidence)('if the list has it after %s', async (_name, answer) => {
		const host = api(answer, list);
		expect(await add(host)).toEqual({});
		expect(sent(host)).toBe('POST GET');
	});

	test.each(noEvidence)('not by %s', async (_name, answer) => {
		const host = api(answer, none);
		const error = await add(host);
		expect(error).toMatchObject({
			message: expect.stringMatching(notConfirmed),
			details: { retryable: false, advice: expect.stringContaining('Webhook > Get Many') },
		});
		expect(sent(host)).toBe('POST GET GET GET');
		expect(host.now()).toBeLessThan(10_000);
	});

	test.each<[string, HttpResult]>([
		['points elsewhere', json(200, [{ ...mine, webhook_url: 'https://other.test/' }])],
		['is a page', json(200, '<html>')],
		['is a page with 404', json(404, '<html>')],
		['is an error', json(200, { status: 'error', message: 'database' })],
		['cannot be read', json(401, {})],
	])('not if the list %s', async (_name, answer) => {
		expect(await add(api(json(200, ''), answer))).toMatchObject({
			message: expect.stringMatching(notConfirmed),
		});
	});

	test('also if the list lags behind', async () => {
		expect(await add(api(json(200, ''), none, list))).toEqual({});
	});

	test('or else the API’s reason is quoted', async () => {
		const host = api(json(200, { error: 'limit of 5 reached' }), none);
		expect(await add(host)).toMatchObject({
			details: { advice: expect.stringMatching(/MonsterAPI answered: limit of 5 reached$/) },
		});
	});
});

describe('a webhook is deleted', () => {
	test('by one request if the answer says so', async () => {
		const host = api(json(200, { message: 'Webhook Deleted Successfully' }));
		expect(await remove(host)).toBeUndefined();
		expect(sent(host)).toBe('DELETE');
	});

	test.each([...noEvidence, ['a 404', json(404, { message: 'Not found' })] as const])(
		'if the list no longer has it after %s',
		async (_name, answer) => {
			const host = api(answer, none);
			expect(await remove(host)).toBeUndefined();
			expect(sent(host)).toBe('DELETE GET');
		},
	);

	test.each([...noEvidence, ['a 404', json(404, { message: 'Unknown webhook' })] as const])(
		'not by %s',
		async (_name, answer) => {
			const host = api(answer, list);
			expect(await remove(host)).toMatchObject({
				message: expect.stringMatching(notConfirmed),
				details: { advice: expect.stringContaining('may still be registered') },
			});
			expect(sent(host)).toBe('DELETE GET GET GET');
		},
	);
});

describe('a trigger', () => {
	test.each(noEvidence)('is not published by %s', async (_name, answer) => {
		const host = api(answer, none);
		const error = await settle(host, register(clientOf(host), registration));
		expect(error).toBeInstanceOf(MonsterApiError);
	});

	test.each(noEvidence)('is not taken back by %s', async (_name, answer) => {
		const host = api(answer, list);
		const error = await settle(host, unregister(clientOf(host), url));
		expect(error).toBeInstanceOf(MonsterApiError);
		expect(host.now()).toBeLessThanOrEqual(20_000);
	});

	test('does not count as taken back because the list is an error', async () => {
		const host = api(none, json(200, { status: 'error', message: 'database' }));
		const error = await settle(host, unregister(clientOf(host), url));
		expect(error).toMatchObject({ details: { advice: expect.stringContaining('database') } });
	});
});

test.each<[string, HttpResult]>([
	['404', json(404, { message: 'Not found' })],
	['404 without a body', json(404, '')],
	['an empty list', none],
	['an empty list in a wrapper', json(200, { status: 'success', webhooks: [] })],
])('an account without webhooks may answer with %s', async (_name, answer) => {
	const host = api(none, answer);
	expect(await host.run(listWebhooks(clientOf(host)))).toEqual([]);
});
