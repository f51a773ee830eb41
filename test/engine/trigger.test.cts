import type { IDataObject } from 'n8n-workflow';

import { listen, type Listener } from '../support/engine/callbacks.cjs';
import { logLines, type RunOptions } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();
const open: Listener[] = [];
let hooks = 0;

async function trigger(
	parameters: IDataObject = {},
	more: Partial<RunOptions> = {},
): Promise<Listener> {
	const listener = await listen({
		credential: { apiKey, baseUrl: session.emulator.baseUrl },
		parameters,
		settings: { webhookId: `hook-${++hooks}` },
		...more,
	});
	open.push(listener);
	return listener;
}
afterEach(async () => {
	await Promise.all(open.splice(0).map(async (listener) => await listener.close()));
});

const registered = () => [...session.emulator.state.webhooks.values()];
const urlOf = (name: string) => session.emulator.state.webhooks.get(name)?.webhook_url ?? '';

describe('activation', () => {
	test.each(['GET', 'HEAD', 'POST', 'POST-empty', 'none'] as const)(
		'registers a URL that answers a trial with %s, and starts nothing by it',
		async (webhookProbe) => {
			session.emulator.state.settings.webhookProbe = webhookProbe;
			const listener = await trigger();
			expect(await listener.hook('checkExists')).toBe(false);
			expect(await listener.hook('create')).toBe(true);
			expect(await listener.hook('checkExists')).toBe(true);
			expect(registered()).toEqual([
				{
					url_name: expect.stringMatching(/^n8n-trigger-[\da-f]{8}$/),
					webhook_url: expect.stringMatching(
						new RegExp(`^${listener.origin}/webhook/hook-\\d+/webhook\\?token=[\\w-]{43}$`),
					),
				},
			]);
			expect(listener.started).toEqual([]);
			expect(listener.failures).toEqual([]);
		},
	);

	test('is safe to repeat: an existing registration is left alone', async () => {
		const listener = await trigger();
		await listener.hook('create');
		session.emulator.state.requests.length = 0;
		expect(await listener.hook('create', 'init')).toBe(true);
		expect(session.calls()).toEqual(['GET /v1/webhook']);
	});

	test('accepts another spelling of its URL', async () => {
		const listener = await trigger({ webhookName: 'mine' });
		await listener.hook('create');
		const { href } = new URL(urlOf('mine').replace('/webhook?', '/webhook/?via=monsterapi&'));
		session.emulator.state.webhooks.set('mine', { url_name: 'mine', webhook_url: href });
		expect(await listener.hook('checkExists')).toBe(true);
	});

	test.each(['overwrite', 'refuse'] as const)(
		'repairs a name that points elsewhere (%s)',
		async (mode) => {
			session.emulator.state.settings.webhookDuplicate = mode;
			const stale = { url_name: 'mine', webhook_url: 'https://old.test/webhook' };
			session.emulator.state.webhooks.set('mine', stale);
			const listener = await trigger({ webhookName: 'mine' });
			expect(await listener.hook('checkExists')).toBe(false);
			expect(await listener.hook('create')).toBe(true);
			expect(urlOf('mine')).toContain(listener.origin);
			expect(registered()).toHaveLength(1);
			expect(logLines).toContainEqual(
				expect.stringMatching(
					/^warn .*'mine' pointed to old\.test and now points to this workflow/,
				),
			);
		},
	);

	test('keeps test and production apart', async () => {
		const listener = await trigger({ webhookName: 'mine' });
		await listener.hook('create');
		await listener.hook('create', 'manual');
		expect(registered().map(({ url_name }) => url_name)).toEqual(['mine', 'mine-test']);
		expect(urlOf('mine-test')).toContain('/webhook-test/');
		expect(urlOf('mine').split('token=')[1]).not.toBe(urlOf('mine-test').split('token=')[1]);
		await listener.hook('delete', 'manual');
		expect(registered().map(({ url_name }) => url_name)).toEqual(['mine']);
		await listener.hook('create', 'manual');
		await listener.hook('delete');
		expect(registered().map(({ url_name }) => url_name)).toEqual(['mine-test']);
	});

	test('explains a URL that MonsterAPI cannot reach', async () => {
		const listener = await trigger();
		await listener.close();
		open.length = 0;
		await expect(listener.hook('create')).rejects.toMatchObject({
			// n8n's editor shows no description.
			message: expect.stringMatching(
				/^MonsterAPI could not reach the webhook URL\. .*set N8N_WEBHOOK_URL/,
			),
			httpCode: '408',
		});
		expect(session.calls()).toEqual(['GET /v1/webhook', 'POST /v1/webhook']);
	});

	test('says what a trigger without a webhook ID needs', async () => {
		const listener = await trigger({}, { settings: {} });
		await listener.close();
		open.length = 0;
		await expect(listener.hook('create')).rejects.toMatchObject({
			message: expect.stringMatching(/^MonsterAPI could not reach the webhook URL\. .*webhook ID/),
		});
	});

	test('warns about a URL that only this network can reach', async () => {
		const listener = await trigger();
		await listener.hook('create');
		expect(logLines.filter((line) => line.startsWith('warn'))).toEqual([
			expect.stringContaining('WEBHOOK_URL'),
		]);
		expect(logLines.join()).not.toContain('token');
	});

	test('assumes the earlier registration if MonsterAPI is unavailable when n8n starts', async () => {
		const listener = await trigger();
		await listener.hook('create');
		session.emulator.state.faults.push({ status: 503, times: 3, headers: { 'retry-after': '0' } });
		expect(await listener.hook('checkExists', 'init')).toBe(true);
		session.emulator.state.faults.push({ status: 503, times: 3, headers: { 'retry-after': '0' } });
		await expect(listener.hook('checkExists', 'activate')).rejects.toThrow('could not process');
		session.emulator.state.faults.push({ status: 401 });
		await expect(listener.hook('checkExists', 'init')).rejects.toThrow('API key');
	});

	test('says so when the key is wrong', async () => {
		const listener = await trigger(
			{},
			{ credential: { apiKey: 'another', baseUrl: session.emulator.baseUrl } },
		);
		await expect(listener.hook('create')).rejects.toMatchObject({
			message: expect.stringMatching(/^MonsterAPI did not accept the API key\. .*credential/),
		});
	});

	test('says in the message what is wrong with the form', async () => {
		const listener = await trigger({ statuses: ['DONE'] });
		await expect(listener.hook('create')).rejects.toMatchObject({
			message: expect.stringMatching(
				/^'Statuses' must be one or more of .*Choose them in the trigger/,
			),
		});
	});
});

describe('the default name', () => {
	const nameOf = async (parameters: IDataObject, more: Partial<RunOptions> = {}) => {
		session.emulator.state.webhooks.clear();
		await (await trigger(parameters, more)).hook('create');
		return registered().map(({ url_name }) => url_name);
	};

	test('is the one that the editor shows, and that an empty field has', async () => {
		const listener = await trigger();
		const shown = listener.parameter('testWebhookName');
		expect(shown).toMatch(/^n8n-trigger-[\da-f]{8}-test$/);
		for (const parameters of [{}, { webhookName: '' }]) {
			expect((await nameOf(parameters)).map((name) => `${name}-test`)).toEqual([shown]);
		}
	});

	test('with -test at its end is registered for the test, and shown to be copied', async () => {
		for (const parameters of [{}, { webhookName: 'mine' }]) {
			session.emulator.state.webhooks.clear();
			const listener = await trigger(parameters);
			await listener.hook('create', 'manual');
			const names = registered().map(({ url_name }) => url_name);
			expect(names).toEqual([expect.stringMatching(/-test$/)]);
			expect(listener.parameter('testWebhookName')).toBe(names[0]);
		}
	});

	test('replaces an earlier name of the same trigger', async () => {
		const listener = await trigger();
		await listener.hook('create');
		const [current] = registered();
		const webhook_url = current?.webhook_url ?? '';
		const other = { url_name: 'other', webhook_url: webhook_url.replace('hook-', 'another-') };
		for (const entry of [{ url_name: 'n8n-w-n', webhook_url }, other]) {
			session.emulator.state.webhooks.set(entry.url_name, entry);
		}
		await listener.hook('create');
		expect(registered()).toEqual([current, other]);
	});

	test('is registered even if the earlier one cannot be deleted', async () => {
		const listener = await trigger();
		await listener.hook('create');
		const entry = { url_name: 'n8n-w-n', webhook_url: registered()[0]?.webhook_url ?? '' };
		session.emulator.state.webhooks.set(entry.url_name, entry);
		session.emulator.state.faults.push({ method: 'DELETE', status: 403, times: 9 });
		expect(await listener.hook('create')).toBe(true);
		expect(logLines).toContainEqual(expect.stringContaining('An earlier name of the webhook'));
	});
});

describe('deactivation', () => {
	test.each([200, 401])('clears what the trigger has stored (%d)', async (status) => {
		const listener = await trigger();
		await listener.hook('create');
		listener.staticData['deliveries'] = ['p COMPLETED'];
		if (status !== 200) session.emulator.state.faults.push({ status, times: 9 });
		await listener.hook('delete');
		expect(listener.staticData).toEqual({});
	});

	test('is not blocked by an unavailable API, and logs it', async () => {
		const listener = await trigger();
		await listener.hook('create');
		session.emulator.state.faults.push({ status: 401, times: 9 });
		expect(await listener.hook('delete')).toBe(false);
		expect(logLines.filter((line) => line.includes('could not be deleted'))).toHaveLength(1);
	});

	test.each(['200', '404'] as const)(
		'takes the webhook back, also when it is gone (%s)',
		async (gone) => {
			session.emulator.state.settings.webhookGone = gone;
			const listener = await trigger();
			await listener.hook('create');
			expect(await listener.hook('delete')).toBe(true);
			expect(registered()).toEqual([]);
			expect(await listener.hook('delete')).toBe(true);
		},
	);

	test('leaves a name alone that now points elsewhere', async () => {
		const listener = await trigger({ webhookName: 'mine' });
		await listener.hook('create');
		const other = { url_name: 'mine', webhook_url: 'https://other.test/webhook' };
		session.emulator.state.webhooks.set('mine', other);
		expect(await listener.hook('delete')).toBe(true);
		expect(registered()).toEqual([other]);
	});

	test('deletes a registration that was made with an earlier key', async () => {
		const listener = await trigger({ webhookName: 'mine' });
		await listener.hook('create');
		const webhook_url = `${urlOf('mine').split('?')[0]}?token=earlier`;
		session.emulator.state.webhooks.set('mine', { url_name: 'mine', webhook_url });
		await listener.hook('delete');
		expect(registered()).toEqual([]);
	});
});

test('an account without webhooks may answer 404', async () => {
	session.emulator.state.settings.webhookEmpty = '404';
	const listener = await trigger();
	expect(await listener.hook('checkExists')).toBe(false);
	expect(await listener.hook('create')).toBe(true);
});
