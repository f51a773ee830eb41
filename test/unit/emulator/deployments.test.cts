import { deployLlm, goLive, image, statusOf, terminate, type Launched } from './deploying.cjs';
import { startSession, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession({ settings: { deployPendingMs: 100, deployBuildMs: 1000 } });
});
afterEach(() => session.emulator.close());

interface List {
	readonly deployments?: ReadonlyArray<{ readonly deployment_name: string }>;
}
const list = async (query = '') => {
	const { status, data } = await session.api.get<List>(`/deploy/list${query}`);
	return { status, data, names: data.deployments?.map((row) => row.deployment_name) };
};

describe('the list', () => {
	const none = { status: 202, data: { message: 'No deployments found for this user_id' } };

	it('is answered with 202 when it is empty', async () => {
		expect(await list()).toMatchObject(none);
		const id = await deployLlm(session);
		expect((await list()).status).toBe(200);
		expect(await list('?status=live')).toMatchObject(none);
		expect(id).toEqual(expect.any(String));
	});

	it('has every deployment, and is narrowed by status and service', async () => {
		const id = await deployLlm(session);
		const { data } = await list();
		expect(data).toEqual({
			deployments: [
				{
					deployment_id: id,
					deployment_name: 'loyal_volta',
					deployment_service: 'llm',
					status: 'pending',
					created_at: new Date(session.clock.now).toISOString(),
				},
			],
		});
		goLive(session);
		await session.api.post('/deploy/custom_image', image);
		const unnamed = await deployLlm(session, { deployment_name: undefined });
		const made = expect.stringMatching(/^[a-z]+_[a-z]+_[0-9a-f-]+$/);
		expect((await list()).names).toEqual(['loyal_volta', 'calm_curie', made]);
		expect((await list('?deployment_service=custom_image')).names).toEqual(['calm_curie']);
		expect((await list('?status=live')).names).toEqual(['loyal_volta']);
		expect((await list('?status=pending&deployment_service=llm')).names).toEqual([made]);
		session.clock.now += 100;
		await terminate(session, unnamed);
		expect((await list('?status=terminatedByUser')).names).toEqual([made]);
	});

	it('can have another shape', async () => {
		const { settings } = session.emulator.state;
		const id = await deployLlm(session);
		const [row] = (await list()).data.deployments ?? [];
		settings.deployListShape = 'array';
		expect((await list()).data).toEqual([row]);
		expect((await session.api.get('/deploy/instances')).data).toHaveLength(24);
		settings.deployListShape = 'map';
		expect((await list()).data).toEqual({ [id]: row });
	});
});

it('lists compute instances', async () => {
	const { status, data } = await session.api.get<{ instances: object[] }>('/deploy/instances');
	expect(status).toBe(200);
	expect(data.instances).toContainEqual(
		expect.objectContaining({ blockName: 'qb24-v2-n1', per_gpu_vram: 24, gpu_count: 1 }),
	);
});

describe('logs', () => {
	const logs = async (id: string, query = '') => {
		const { status, data } = await session.api.get<{ logs?: string[] }>(
			`/deploy/logs/${id}${query}`,
		);
		return { status, data, lines: data.logs ?? [] };
	};
	const notLive = {
		status: 202,
		data: { message: 'Instance is not live, please try again or use status to confirm!' },
	};

	it('begin with the building and grow', async () => {
		const id = await deployLlm(session);
		expect(await logs(id)).toMatchObject(notLive);
		session.clock.now += 100;
		const first = (await logs(id)).lines;
		session.clock.now += 500;
		const second = (await logs(id)).lines;
		session.clock.now += 500;
		const third = (await logs(id)).lines;
		session.clock.now += 2000;
		const fourth = (await logs(id)).lines;
		const lengths = [first, second, third, fourth].map(({ length }) => length);
		expect(lengths).toEqual([1, 3, 6, 8]);
		expect(fourth.slice(0, 6)).toEqual(third);
		expect(third.slice(0, 3)).toEqual(second);
		expect(third.at(-1)).toContain('Server has started !!!');
		expect(fourth.every((line) => line.startsWith('[emulated] '))).toBe(true);
	});

	it('have 30 lines, or as many as wanted, the newest', async () => {
		const id = await deployLlm(session);
		session.clock.now += 1100 + 3_600_000;
		const { lines } = await logs(id);
		expect(lines).toHaveLength(30);
		expect((await logs(id, '?n_lines=2')).lines).toEqual(lines.slice(-2));
		expect((await logs(id, '?n_lines=100000')).lines).toHaveLength(3606);
	});

	it.each(['0', '-1', '1.5', 'all', ''])('are refused with 422 for %j lines', async (count) => {
		const { status, data } = await logs(await deployLlm(session), `?n_lines=${count}`);
		const loc = ['query', 'n_lines'];
		const detail = [{ loc, msg: expect.any(String), type: 'type_error.integer' }];
		expect([status, data]).toEqual([422, { detail }]);
	});

	it('need a deployment, and one that has not ended', async () => {
		expect(await logs('unknown')).toMatchObject({
			status: 404,
			data: { message: 'No such instance' },
		});
		const id = await deployLlm(session);
		goLive(session);
		await terminate(session, id);
		expect(await logs(id)).toMatchObject(notLive);
	});

	it('are those of the image', async () => {
		const body = { ...image, port_numbers: [80, 8080] };
		const { data } = await session.api.post<Launched>('/deploy/custom_image', body);
		goLive(session);
		const text = (await logs(data.deployment_id, '?n_lines=100')).lines.join('\n');
		expect(text).toContain('Pulling hello-world');
		expect(text).toContain('80, 8080');
	});
});

describe('by the control endpoint', () => {
	it('all is listed, without what opens doors', async () => {
		const secrets = ['the-token', 'the-user', 'the-password', 'the-value', 'the-signature'];
		await deployLlm(session, {
			api_auth_token: 'the-token',
			loramodel_path: 'https://storage/lora.zip?X-Amz-Signature=the-signature',
		});
		await session.api.post('/deploy/custom_image', {
			...image,
			image_registry: { registryName: 'a/b', username: 'the-user', password: 'the-password' },
			env_params: { HF_TOKEN: 'the-value' },
		});
		session.clock.now += 100;
		const { data } = await session.open.get('/control/deployments');
		expect(data).toMatchObject([
			{
				deployment_name: 'loyal_volta',
				status: 'building',
				running: true,
				request: { per_gpu_vram: 24, loramodel_path: 'https://storage/lora.zip' },
			},
			{ request: { image_registry: { registryName: 'a/b' }, env_params: ['HF_TOKEN'] } },
		]);
		const kept = JSON.stringify([data, (await session.open.get('/control/requests')).data]);
		for (const secret of secrets) expect(kept).not.toContain(secret);
	});

	it('one is ended as by the system', async () => {
		const id = await deployLlm(session);
		const end = () => session.open.post(`/control/deployments/${id}/end`);
		expect((await end()).status).toBe(200);
		expect(await statusOf(session, id)).toEqual([
			200,
			{ status: 'terminatedBySystem', message: 'Instance is terminatedBySystem' },
		]);
		expect((await terminate(session, id))[0]).toBe(409);
		expect((await end()).status).toBe(409);
		expect((await session.open.post('/control/deployments/x/end')).status).toBe(404);
		expect((await session.open.get('/control/deployments')).data).toMatchObject([
			{ running: false },
		]);
	});

	it('the settings are changed, and a reset forgets the deployments', async () => {
		const change = {
			deployPendingMs: 1,
			deployBuildMs: 2,
			deployFail: true,
			deployOutOfTokens: true,
			deployNumberLimit: 3,
			deployTerminateFrom: 'live',
			deployListShape: 'map',
			deployAnswer: 'plain',
		};
		await deployLlm(session);
		const { status, data } = await session.open.patch('/control/settings', change);
		expect([status, data]).toEqual([200, expect.objectContaining(change)]);
		const wrong = { deployTerminateFrom: 'end' };
		expect((await session.open.patch('/control/settings', wrong)).status).toBe(400);
		await session.open.post('/control/reset');
		expect((await session.open.get('/control/deployments')).data).toEqual([]);
		expect(session.emulator.state.settings.deployBuildMs).toBe(1000);
	});
});
