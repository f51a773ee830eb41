import type { Settings } from '../../../emulator/settings.cjs';
import { deployLlm, goLive, image, llm, statusOf, terminate, type Launched } from './deploying.cjs';
import { startSession, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession({ settings: { deployPendingMs: 100, deployBuildMs: 1000 } });
});
afterEach(() => session.emulator.close());

const set = (settings: Partial<Settings>) =>
	Object.assign(session.emulator.state.settings, settings);
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const notStarted = { message: 'Instance is not started yet, please try again.' };

describe('the life of a deployment', () => {
	it('goes from not started over building to live, and ends by its user', async () => {
		const launched = await session.api.post<Launched>('/deploy/llm', llm);
		expect([launched.status, launched.data]).toEqual([
			200,
			{ message: expect.any(String), deployment_id: uuid },
		]);
		const id = launched.data.deployment_id;
		expect(await statusOf(session, id)).toEqual([501, notStarted]);
		session.clock.now += 99;
		expect(await statusOf(session, id)).toEqual([501, notStarted]);
		session.clock.now += 1;
		const building = { status: 'building', message: 'Instance is building' };
		expect(await statusOf(session, id)).toEqual([200, building]);
		session.clock.now += 999;
		expect(await statusOf(session, id)).toEqual([200, building]);
		session.clock.now += 1;
		const live = {
			status: 'live',
			message: 'Server has started !!!',
			URL: `${session.emulator.origin}/deployments/${id}`,
			api_auth_token: uuid,
		};
		expect(await statusOf(session, id)).toEqual([200, live]);
		expect(await terminate(session, id)).toEqual([200, { message: 'Instance Terminated' }]);
		const ended = { status: 'terminatedByUser', message: 'Instance is terminatedByUser' };
		expect(await statusOf(session, id)).toEqual([200, ended]);
		expect(await terminate(session, id)).toEqual([
			409,
			{ message: 'Deployment Already terminated by System / User' },
		]);
	});

	it.each([
		['as documented', image],
		['as newer clients do', { ...image, instance_params: undefined, serving_params: llm }],
		[
			'with all there is',
			{
				...image,
				image_registry: { registryName: 'a/b:1', username: 'me', password: 'secret' },
				env_params: { A: 'b' },
				port_numbers: [80, 8080],
			},
		],
		['with nothing for what may be left out', { ...image, env_params: null, port_numbers: null }],
	])('is the same for an image, asked for %s', async (_how, body) => {
		const { status, data } = await session.api.post<Launched>('/deploy/custom_image', body);
		expect([status, data]).toEqual([200, expect.objectContaining({ deployment_id: uuid })]);
		goLive(session);
		const live = expect.objectContaining({ status: 'live' });
		expect(await statusOf(session, data.deployment_id)).toEqual([200, live]);
	});

	it('keeps a token that was given', async () => {
		const id = await deployLlm(session, { api_auth_token: 'my-token' });
		goLive(session);
		expect(await statusOf(session, id)).toEqual([
			200,
			expect.objectContaining({ api_auth_token: 'my-token' }),
		]);
	});

	it.each([
		[{ deployment_name: 'a [fail: no GPU]' }, 'Instance launch has failed: no GPU'],
		[{ deployment_name: '[fail]' }, 'Instance launch has failed'],
	])('may be told to fail: %j', async (name, message) => {
		const id = await deployLlm(session, name);
		session.clock.now += 1099;
		expect((await statusOf(session, id))[0]).toBe(200);
		session.clock.now += 1;
		expect(await statusOf(session, id)).toEqual([400, { message }]);
		expect((await terminate(session, id))[0]).toBe(409);
	});

	it('fails by a setting, the deployments after it alone', async () => {
		const before = await deployLlm(session);
		set({ deployFail: true, deployBuildMs: 0 });
		const after = await deployLlm(session);
		goLive(session);
		expect(await statusOf(session, after)).toEqual([
			400,
			{ message: 'Instance launch has failed' },
		]);
		expect((await statusOf(session, before))[0]).toBe(200);
	});

	it('lasts as long as its name says', async () => {
		const id = await deployLlm(session, { deployment_name: '[slow 20]' });
		session.clock.now += 19_999;
		expect((await statusOf(session, id))[1]).toMatchObject({ status: 'building' });
		session.clock.now += 1;
		expect((await statusOf(session, id))[1]).toMatchObject({ status: 'live' });
	});
});

describe('a launch', () => {
	const field = (loc: string[], type: string) => ({ loc, msg: expect.any(String), type });
	const missing = (...loc: string[]) => field(['body', ...loc], 'value_error.missing');

	it.each([
		[
			'llm',
			{},
			['basemodel_path', 'prompt_template', 'per_gpu_vram', 'gpu_count'].map((name) =>
				missing(name),
			),
		],
		['llm', { ...llm, per_gpu_vram: 12 }, [field(['body', 'per_gpu_vram'], 'type_error.enum')]],
		['llm', { ...llm, gpu_count: 3 }, [field(['body', 'gpu_count'], 'type_error.enum')]],
		['llm', { ...llm, use_nightly: 'no' }, [field(['body', 'use_nightly'], 'type_error.boolean')]],
		['llm', { ...llm, basemodel_path: '' }, [field(['body', 'basemodel_path'], 'value_error')]],
		['custom_image', { instance_params: {} }, [missing('image_registry')]],
		[
			'custom_image',
			{ image_registry: { registryName: 'a' } },
			[missing('instance_params'), missing('serving_params')],
		],
		['custom_image', { ...image, image_registry: {} }, [missing('image_registry', 'registryName')]],
		[
			'custom_image',
			{ ...image, serving_params: { per_gpu_vram: 8 } },
			[missing('serving_params', 'gpu_count')],
		],
		[
			'custom_image',
			{ ...image, port_numbers: ['80'] },
			[field(['body', 'port_numbers', '0'], 'type_error.integer')],
		],
	])('of %s is refused with 422 when it is %j', async (service, body, detail) => {
		const answer = await session.api.post(`/deploy/${service}`, body);
		expect([answer.status, answer.data]).toEqual([422, { detail }]);
		expect(session.emulator.state.deployments.size).toBe(0);
	});

	it.each(['', '{prompt}', 'prompt completion', '{}{}'])(
		'is refused with 422 when its template is “%s”',
		async (prompt_template) => {
			const answer = await session.api.post('/deploy/llm', { ...llm, prompt_template });
			const msg = 'Prompt template should contain at least two pairs of {key}';
			const detail = [{ loc: ['body', 'prompt_template'], msg, type: 'value_error' }];
			expect([answer.status, answer.data]).toEqual([422, { detail }]);
		},
	);

	it.each([
		['{"a":', 'application/json', 'value_error.jsondecode'],
		['', 'application/json', 'value_error.missing'],
		['[]', 'application/json', 'type_error.dict'],
		['a=b', 'application/x-www-form-urlencoded', 'type_error.dict'],
	])('is refused with 422 when its body is “%s” as %s', async (body, contentType, type) => {
		const headers = { 'content-type': contentType };
		// As bytes: the client would make a JSON text of any other.
		const answer = await session.api.post('/deploy/llm', Buffer.from(body), { headers });
		const detail = [{ loc: ['body'], msg: expect.any(String), type }];
		expect([answer.status, answer.data]).toEqual([422, { detail }]);
	});

	it('is refused with 402 without tokens', async () => {
		set({ deployOutOfTokens: true });
		const { status, data } = await session.api.post('/deploy/llm', llm);
		expect([status, data]).toEqual([402, { message: 'Not enough tokens to launch an instance' }]);
	});

	it('is refused with 403 when too many run; what has ended does not count', async () => {
		set({ deployNumberLimit: 2 });
		const id = await deployLlm(session);
		await deployLlm(session, { deployment_name: '[fail]' });
		const refused = await session.api.post('/deploy/custom_image', image);
		expect([refused.status, refused.data]).toEqual([
			403,
			{ message: 'User has crossed the maximum number of running deployments' },
		]);
		goLive(session);
		await deployLlm(session);
		expect((await session.api.post('/deploy/llm', llm)).status).toBe(403);
		await terminate(session, id);
		await deployLlm(session);
	});

	it('can meet any fault', async () => {
		const message = 'User ID or user email not found in the request';
		session.emulator.state.faults.push({ path: '/v1/deploy/', status: 405, body: { message } });
		const { status, data } = await session.api.post('/deploy/llm', llm);
		expect([status, data]).toEqual([405, { message }]);
	});
});

describe('a termination', () => {
	const inProgress = [501, { message: 'Deployment provision in progress, please try again!' }];

	it.each([
		['start', 200, 200],
		['building', 501, 200],
		['live', 501, 501],
	] as const)('is taken from %s on', async (deployTerminateFrom, pending, building) => {
		set({ deployTerminateFrom });
		const ids = [await deployLlm(session), await deployLlm(session), await deployLlm(session)];
		const [first = '', second = '', third = ''] = ids;
		const early = await terminate(session, first);
		expect(early[0]).toBe(pending);
		if (pending === 501) expect(early).toEqual(inProgress);
		session.clock.now += 100;
		expect((await terminate(session, second))[0]).toBe(building);
		session.clock.now += 1000;
		expect((await terminate(session, third))[0]).toBe(200);
	});

	it.each([
		[{ actor: 'system' }, 401, 'User not allowed perform termination as system'],
		[{ actor: 'nobody' }, 405, 'Invalid actor'],
		[{ deployment_id: 'unknown' }, 403, 'No such instance'],
	])('is refused with %j', async (more, status, message) => {
		const id = await deployLlm(session);
		goLive(session);
		expect(await terminate(session, id, more)).toEqual([status, { message }]);
		expect((await statusOf(session, id))[1]).toMatchObject({ status: 'live' });
		expect((await terminate(session, id, { actor: 'user' }))[0]).toBe(200);
	});

	it('needs an id', async () => {
		const { status, data } = await session.api.post('/deploy/terminate', {});
		expect([status, data]).toMatchObject([422, { detail: [{ loc: ['body', 'deployment_id'] }] }]);
	});
});

it('needs the key of the account, but for the health check', async () => {
	const health = await session.open.get('/v1/deploy/health');
	expect([health.status, health.data]).toEqual([200, { message: expect.any(String) }]);
	const calls = [
		session.open.get('/v1/deploy/health/x'),
		session.open.get('/v1/deploy/list'),
		session.open.get('/v1/deploy/instances'),
		session.open.get('/v1/deploy/status/x'),
		session.open.get('/v1/deploy/logs/x'),
		session.open.post('/v1/deploy/llm', llm),
		session.open.post('/v1/deploy/custom_image', image),
		session.open.post('/v1/deploy/terminate', {}),
	];
	for (const { status, data } of await Promise.all(calls)) {
		expect([status, data]).toEqual([401, { message: 'Unauthorised' }]);
	}
	expect(session.emulator.state.deployments.size).toBe(0);
});

it('answers 404 for a deployment that is not there', async () => {
	expect(await statusOf(session, 'unknown')).toEqual([404, { message: 'No such instance' }]);
});

it('counts against the rate limit', async () => {
	set({ rateLimit: { requests: 1, perMs: 1000 } });
	await deployLlm(session);
	expect((await session.api.get('/deploy/list')).status).toBe(429);
});
