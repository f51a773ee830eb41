import type { IDataObject, INodeListSearchResult } from 'n8n-workflow';

import { searchList } from '../support/engine/contexts.cjs';
import {
	byId,
	deployment,
	image,
	launch,
	running,
	useDeployments,
} from '../support/engine/deployments.cjs';

const session = useDeployments();
const state = () => session.emulator.state;
const launched = async (parameters: IDataObject = {}) => await launch(session, parameters);

describe('get', () => {
	test('returns a live one with URL and token', async () => {
		const id = await launched();
		const { items } = await session.run(deployment('get', byId(id)));
		expect(items[0]?.json).toMatchObject({
			deployment_id: id,
			status: 'live',
			URL: expect.any(String),
		});
	});

	test.each<[string, IDataObject, string]>([
		['501', { deployPendingMs: 3_600_000 }, 'starting'],
		['400', { deployFail: true }, 'failed'],
	])('%s is a state, not an error', async (_name, settings, status) => {
		Object.assign(state().settings, settings);
		const id = await launched({ waitUntilLive: false });
		const { items, error } = await session.run(deployment('get', byId(id)));
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ deployment_id: id, status, message: expect.any(String) });
	});

	test('a list as ID is reported', async () => {
		const { error } = await session.run(deployment('get', byId("={{ ['d'] }}")));
		expect(error?.message).toBe("'Deployment' must be a text, but is a list");
	});

	test.each([
		[404, 'does not know this deployment'],
		[422, 'did not accept the input'],
		[500, 'could not process'],
	])('%i is explained', async (status, message) => {
		state().faults.push({ path: '/v1/deploy/status/', status, times: 9 });
		const { error } = await session.run(deployment('get', byId('unknown')));
		expect(error?.message).toContain(message);
	});

	test.each(['', '  ', '../list', 'a/b', 'a?b'])('the ID %j is rejected', async (id) => {
		const { error } = await session.run(deployment('get', byId(`={{ ${JSON.stringify(id)} }}`)));
		expect(error?.message).toMatch(/deployment ID is (empty|not a valid)/);
		expect(session.calls()).toEqual([]);
	});
});

describe('getMany', () => {
	const list = async (parameters: IDataObject = { returnAll: true }) =>
		(await session.run(deployment('getMany', parameters))).items.map(({ json }) => json);

	test('returns no item if there are none', async () => expect(await list()).toEqual([]));

	test.each(['object', 'array', 'map'] as const)('a list as %s', async (deployListShape) => {
		state().settings.deployListShape = deployListShape;
		const ids = [await launched(), await launched(), await launched()];
		const found = await list();
		expect(found.map(({ deployment_id: id }) => id)).toEqual(ids);
		expect(found[0]).toMatchObject({ deployment_service: 'llm', status: 'live' });
		expect(await list({ returnAll: false, limit: 2 })).toHaveLength(2);
	});

	test('is filtered by status and service', async () => {
		const id = await launched();
		await session.run(image);
		await session.run(deployment('terminate', byId(await launched())));
		const llms = await list({
			returnAll: true,
			filters: { deployment_service: 'llm', status: 'live' },
		});
		expect(llms.map(({ deployment_id: one }) => one)).toEqual([id]);
		expect(await list({ returnAll: true, filters: { status: 'terminatedByUser' } })).toHaveLength(
			1,
		);
	});

	test.each(['status', 'deployment_service'])('a list as %s is rejected', async (name) => {
		const { error } = await session.run(
			deployment('getMany', { returnAll: true, filters: { [name]: "={{ ['live'] }}" } }),
		);
		expect(error?.message).toMatch(/must be a text, but is a list/);
		expect(session.calls()).toEqual([]);
	});

	test('contains no token', async () => {
		const entry = { deployment_id: 'a', api_auth_token: 'hush' };
		state().faults.push({ path: '/v1/deploy/list', status: 200, body: [entry] });
		expect(await list()).toEqual([{ deployment_id: 'a' }]);
	});

	test.each([
		[404, 'could not look up'],
		[422, 'did not accept the input'],
		[500, 'could not process'],
	])('%i is explained', async (status, message) => {
		state().faults.push({ path: '/v1/deploy/list', status, times: 9 });
		const { error } = await session.run(deployment('getMany', { returnAll: true }));
		expect(error?.message).toContain(message);
	});
});

describe('getLogs', () => {
	test('returns as many of the last lines as requested', async () => {
		const id = await launched();
		const { items } = await session.run(deployment('getLogs', { ...byId(id), nLines: 2 }));
		expect(items[0]?.json).toEqual({
			deployment_id: id,
			logs: [expect.any(String), expect.any(String)],
		});
	});

	test('no lines yet is no error', async () => {
		state().settings.deployPendingMs = 3_600_000;
		const id = await launched({ waitUntilLive: false });
		const { items } = await session.run(deployment('getLogs', { ...byId(id), nLines: 30 }));
		expect(items[0]?.json).toEqual({
			deployment_id: id,
			logs: [],
			message: expect.stringContaining('not live'),
		});
	});

	test.each([404, 422])('%i is explained', async (status) => {
		state().faults.push({ path: '/v1/deploy/logs/', status });
		const { error } = await session.run(deployment('getLogs', byId('d')));
		expect(error?.httpCode).toBe(String(status));
	});
});

describe('terminate', () => {
	test('terminates one, and says if it had already ended', async () => {
		const id = await launched();
		for (const already of [false, true]) {
			const { items, error } = await session.run(deployment('terminate', byId(id)));
			expect(error).toBeUndefined();
			expect(items[0]?.json).toEqual({
				deployment_id: id,
				message: expect.any(String),
				terminated: true,
				already_terminated: already,
			});
		}
		expect(running(session)).toEqual([]);
	});

	test('waits out a deployment that is still being prepared', async () => {
		state().settings.deployPendingMs = 400;
		const id = await launched({ waitUntilLive: false });
		const { items } = await session.run(deployment('terminate', byId(id)));
		expect(items[0]?.json['terminated']).toBe(true);
		expect(state().requests.some(({ status }) => status === 501)).toBe(true);
	});

	test('terminations in flight finish when another item fails', async () => {
		state().settings.deployPendingMs = 1_000;
		const id = await launched({ waitUntilLive: false });
		const items = [{ json: { id } }, { json: { id: 'unknown' } }];
		const { error } = await session.run(deployment('terminate', byId('={{ $json.id }}')), {
			items,
		});
		expect(error?.message).toContain('does not know this deployment');
		expect(running(session)).toEqual([]);
	});

	test.each([
		[401, 'did not allow the termination'],
		[403, 'does not know this deployment'],
		[404, 'could not terminate'],
		[405, 'rejected the termination request'],
		[422, 'did not accept the input'],
	])('%i is explained', async (status, message) => {
		state().faults.push({ path: '/v1/deploy/terminate', status });
		const { error } = await session.run(deployment('terminate', byId('d')));
		expect(error?.message).toContain(message);
	});
});

describe('the service', () => {
	test.each(['object', 'array', 'map'] as const)('lists machines as %s', async (shape) => {
		state().settings.deployListShape = shape;
		const { items } = await session.run(deployment('getInstances'));
		expect(items.length).toBeGreaterThan(5);
		expect(items[0]?.json).toMatchObject({ blockName: expect.any(String) });
	});

	test('reports its health', async () => {
		const { items } = await session.run(deployment('getHealth'));
		expect(items[0]?.json).toEqual({ message: 'OK' });
		state().faults.push({ path: '/v1/deploy/health', status: 200, body: '"fine"' });
		const other = await session.run(deployment('getHealth'));
		expect(other.items[0]?.json).toEqual({ status: 'fine' });
	});

	test.each(['getInstances', 'getHealth'])('%s explains a 500', async (operation) => {
		state().faults.push({ path: '/v1/deploy/', status: 500, times: 9 });
		expect((await session.run(deployment(operation))).error?.httpCode).toBe('500');
	});
});

describe('the picker of deployments', () => {
	const search = async (filter?: string) =>
		await searchList(session.options(deployment('get')), 'searchDeployments', filter);

	test('what has ended comes last, and only live ones can generate text', async () => {
		for (const name of ['a_ended', 'b_failed', 'c_building', 'd_live']) {
			await launched({ parameters: { deployment_name: name } });
		}
		const [ended, failed, building, live] = [...state().deployments.values()];
		Object.assign(ended ?? {}, { ended: 'terminatedByUser' });
		Object.assign(failed ?? {}, { failure: 'no GPU' });
		Object.assign(building ?? {}, { buildMs: 3_600_000 });
		const names = async (method: string) => {
			const { results } = (await searchList(
				session.options(deployment('generate')),
				method,
			)) as INodeListSearchResult;
			return results.map(({ name }) => name);
		};
		expect(live).toBeDefined();
		expect((await names('searchDeployments')).map((name) => name.split(' ')[0])).toEqual([
			'c_building',
			'd_live',
			'a_ended',
			'b_failed',
		]);
		expect(await names('searchLiveDeployments')).toEqual(['d_live (live)']);
	});

	test('lists names and statuses, searched by either', async () => {
		expect(await search()).toEqual({ results: [] });
		const id = await launched({ parameters: { deployment_name: 'calm_curie' } });
		const result = { results: [{ name: 'calm_curie (live)', value: id }] };
		for (const word of [undefined, 'CURIE', 'live', id.slice(3, 9)]) {
			expect(await search(word)).toEqual(result);
		}
		expect(await search('volta')).toEqual({ results: [] });
	});

	test('reports errors', async () => {
		state().faults.push({ path: '/v1/deploy/list', status: 401 });
		await expect(search()).rejects.toMatchObject({
			message: 'MonsterAPI did not accept the API key',
		});
	});
});
