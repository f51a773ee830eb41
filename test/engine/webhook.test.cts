import { searchList } from '../support/engine/contexts.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const webhook = (operation: string, parameters: object = {}) => ({
	resource: 'webhook',
	operation,
	...parameters,
});
const register = (...names: string[]) => {
	for (const name of names) {
		session.emulator.state.webhooks.set(name, {
			url_name: name,
			webhook_url: `https://${name}.test/`,
		});
	}
};
const named = (value: string) => ({ webhookName: { __rl: true, mode: 'name', value } });

describe('webhook', () => {
	test('getMany lists them, and returns no item if there are none', async () => {
		expect((await session.run(webhook('getMany'))).items).toEqual([]);
		register('one', 'two');
		const { items } = await session.run(webhook('getMany'));
		expect(items).toEqual([
			{ json: { url_name: 'one', webhook_url: 'https://one.test/' }, pairedItem: { item: 0 } },
			{ json: { url_name: 'two', webhook_url: 'https://two.test/' }, pairedItem: { item: 0 } },
		]);
	});

	test('getMany returns at most the limit, or all', async () => {
		register(...Array.from({ length: 60 }, (_none, index) => `hook-${index}`));
		const count = async (parameters: object) =>
			(await session.run(webhook('getMany', parameters))).items.length;
		expect(await count({})).toBe(50);
		expect(await count({ limit: 2 })).toBe(2);
		expect(await count({ limit: 2, returnAll: true })).toBe(60);
		const { error } = await session.run(webhook('getMany', { limit: 0 }));
		expect(error?.message).toContain("'Limit'");
	});

	test('a trigger’s token is not shown: anybody who has it can call the trigger', async () => {
		const webhook_url = 'https://n8n.test/webhook/a/webhook?token=SECRET';
		session.emulator.state.webhooks.set('mine', { url_name: 'mine', webhook_url });
		for (const operation of ['get', 'getMany']) {
			const { items } = await session.run(webhook(operation, named('mine')));
			expect(items[0]?.json['webhook_url']).toBe('https://n8n.test/webhook/a/webhook?token=…');
		}
	});

	test('get returns one', async () => {
		register('one', 'two');
		const { items } = await session.run(webhook('get', named('two')));
		expect(items[0]?.json).toEqual({ url_name: 'two', webhook_url: 'https://two.test/' });
		const missing = await session.run(webhook('get', named('three')));
		expect(missing.error?.message).toBe("There is no webhook 'three'");
	});

	test('create registers a URL that answers', async () => {
		const { items, error } = await session.run(
			webhook('create', {
				webhookName: 'mine',
				webhookUrl: `${session.emulator.origin}/control/requests`,
			}),
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ url_name: 'mine' });
		expect(session.emulator.state.webhooks.has('mine')).toBe(true);
	});

	test('create explains a URL that MonsterAPI cannot reach, once', async () => {
		const { error } = await session.run(
			webhook('create', { ...named('mine'), webhookUrl: 'http://127.0.0.1:9/callback' }),
		);
		expect(error?.message).toBe('MonsterAPI could not reach the webhook URL');
		expect(error?.description).toContain('WEBHOOK_URL');
		expect(session.calls()).toEqual(['POST /v1/webhook']);
	});

	test('delete removes one, and succeeds if it no longer exists', async () => {
		register('one');
		for (let times = 0; times < 2; times++) {
			const { items } = await session.run(webhook('delete', named('one')));
			expect(items[0]?.json).toEqual({ deleted: true, url_name: 'one' });
		}
		session.emulator.state.faults.push({ method: 'DELETE', status: 404 });
		const { items } = await session.run(webhook('delete', named('one')));
		expect(items[0]?.json).toEqual({ deleted: true, url_name: 'one' });
	});

	test.each(['get', 'delete', 'create'])('%s rejects an empty name', async (operation) => {
		const { error } = await session.run(
			webhook(operation, { webhookName: '={{ "" }}', webhookUrl: 'https://x.test' }),
		);
		expect(error?.message).toBe('The webhook name is empty');
		expect(session.calls()).toEqual([]);
	});
});

describe('the picker of webhooks', () => {
	const search = async (filter?: string) =>
		await searchList(session.options(webhook('get')), 'searchWebhooks', filter);

	test('lists them by name, filtered', async () => {
		register('transcripts', 'Images');
		expect(await search()).toEqual({
			results: [
				{ name: 'Images', value: 'Images' },
				{ name: 'transcripts', value: 'transcripts' },
			],
		});
		expect(await search('IMA')).toEqual({ results: [{ name: 'Images', value: 'Images' }] });
	});

	test.each<[string, object, number]>([
		['none', { status: 200, body: [] }, 0],
		['a 404', { status: 404, body: { message: 'Not found' } }, 0],
		['one without a list', { status: 200, body: { url_name: 'a', webhook_url: 'b' } }, 1],
		['a list under a key', { status: 200, body: { webhooks: [{ url_name: 'a' }, 7, {}] } }, 1],
	])('reads %s', async (_name, fault, count) => {
		session.emulator.state.faults.push({ method: 'GET', ...fault });
		expect(await search()).toHaveProperty('results.length', count);
	});

	test('reports errors', async () => {
		session.emulator.state.faults.push({ method: 'GET', status: 401 });
		await expect(search()).rejects.toMatchObject({
			message: 'MonsterAPI did not accept the API key',
		});
	});
});
