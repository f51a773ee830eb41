import { deploy, getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import {
	getHealth,
	getLogs,
	listDeployments,
	listInstances,
} from '../../../nodes/core/api/deploymentInfo';
import type { HttpResult } from '../../../nodes/core/host';
import {
	building,
	clientOf,
	launchFailed,
	live,
	notStarted,
} from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

describe('the answers of a deployment’s status', () => {
	const read = async (answer: HttpResult) => {
		const host = virtualHost(() => answer);
		const limits = { maxAttempts: 1, deadline: 60_000 };
		return await host.run(getDeployment(clientOf(host), 'd', limits));
	};

	test.each<[HttpResult, object]>([
		[live, { status: 'live', phase: 'live' }],
		[json(200, { status: 'LIVE' }), { status: 'LIVE', phase: 'live', url: undefined }],
		[building, { status: 'building', phase: 'starting' }],
		[notStarted, { status: 'starting', phase: 'starting', message: expect.any(String) }],
		[json(501, '<html>'), { status: 'starting', message: undefined }],
		[json(501, { status: 'error' }), { status: 'starting', phase: 'starting' }],
		[json(202, { message: 'not yet' }), { status: 'starting', message: 'not yet' }],
		[launchFailed, { status: 'failed', phase: 'failed' }],
		[json(400, { detail: 'no GPU' }), { phase: 'failed', message: 'no GPU' }],
		[json(200, { status: 'launchFailed' }), { phase: 'failed' }],
		[json(200, { status: 'terminatedByUser' }), { phase: 'ended' }],
		[json(200, { status: 'live', URL: 'javascript:alert(1)' }), { url: undefined }],
		[json(200, { status: 'live', url: 'http://h:8080//' }), { url: 'http://h:8080' }],
	])('%j', async (answer, expected) => expect(await read(answer)).toMatchObject(expected));

	test.each([{}, [], null, '"live"', { status: 7 }])('%j is no status', async (body) => {
		await expect(read(json(200, body))).rejects.toThrow('not a deployment status');
	});
});

describe('the answers of the list', () => {
	const one = { deployment_id: 'a', deployment_name: 'n', status: 'live' };
	const list = async (answer: HttpResult) => {
		const host = virtualHost(() => answer);
		return await host.run(listDeployments(clientOf(host)));
	};

	test.each<[string, HttpResult, string[]]>([
		['202', json(202, { message: 'No deployments found for this user_id' }), []],
		['an empty list', json(200, []), []],
		['an empty object', json(200, {}), []],
		['a message', json(200, { message: 'none' }), []],
		['a list', json(200, [one, 7, null]), ['a', '7']],
		['a list of ids', json(200, ['a', 'b']), ['a', 'b']],
		['a single one with a list in it', json(200, { ...one, port_numbers: [80] }), ['a']],
		['entries with a name alone', json(200, [{ name: 'n' }, { deployment_name: 'm' }]), ['-', '-']],
		['entries that nobody knows', json(200, [{ x: 1 }]), ['-']],
		['several lists', json(200, { errors: [], deployments: [one] }), ['a']],
		['a list for each service', json(200, { llm: [one], custom_image: [{ id: 'b' }] }), ['a', 'b']],
		['a list below a wrapper', json(200, { data: { deployments: [one] } }), ['a']],
		['a wrapper with a status', json(200, { status: 'ok', page: { no: 1 }, data: [one] }), ['a']],
		['nothing in a wrapper with a status', json(200, { status: 'ok', deployments: [] }), []],
		[
			'by id, with named things inside',
			json(200, { a: { status: 'live', gpu: { name: 'A100' }, replica: { status: 'up' } } }),
			['a'],
		],
		['a single one in a wrapper', json(200, { status: 'ok', deployment: one }), ['a']],
		['a status alone', json(200, { status: 'success', message: 'none' }), []],
		[
			'ids in a wrapper with a status',
			json(200, { status: 'ok', data: { a: { status: 'live' }, b: { status: 'building' } } }),
			['a', 'b'],
		],
		['an object by id below a name', json(200, { deployments: { a: { status: 'live' } } }), ['a']],
		['nothing below a name', json(200, { deployments: {}, errors: [] }), []],
		['a list under a name', json(200, { deployments: [one] }), ['a']],
		['an object by id', json(200, { b: { status: 'live' }, c: {} }), ['b', 'c']],
		['a single one', json(200, one), ['a']],
		['ids under another name', json(200, [{ id: 12 }]), ['12']],
		['an id that is none', json(200, [{ id: '../x', status: 'live' }]), ['-']],
	])('%s', async (_name, answer, ids) =>
		expect((await list(answer)).map(({ id }) => id ?? '-')).toEqual(ids),
	);

	test('tokens and passwords are left out, at whatever depth', async () => {
		const entry = {
			...one,
			api_auth_token: 'x',
			auth_token: 'x',
			image_registry: { username: 'u', password: 'p' },
			env_params: { MODE: 'x' },
			replicas: [{ name: 'r', api_auth_token: 'x', token: 'x' }],
		};
		expect((await list(json(200, [entry])))[0]?.raw).toEqual({
			...one,
			image_registry: { username: 'u' },
			env_params: { MODE: '…' },
			replicas: [{ name: 'r' }],
		});
	});

	test.each([
		json(200, '"none"'),
		json(200, { status: 'error' }),
		json(200, { error: 'database' }),
		json(200, { success: false, deployments: [] }),
	])('%j is no list', async (answer) => {
		await expect(list(answer)).rejects.toThrow('not a list of deployments');
	});

	test('a failed deployment is no failure of the list', async () => {
		expect(await list(json(200, { ...one, status: 'failed' }))).toHaveLength(1);
	});
});

test('a status keeps its own token, and no other secret that it repeats', async () => {
	const echo = {
		image_registry: { password: 'p' },
		env_params: { A: 'x' },
		registry_password: 'p',
	};
	const host = virtualHost(() =>
		json(200, { status: 'live', deployment_id: 'd', api_auth_token: 't', ...echo }),
	);
	const clean = { api_auth_token: 't', image_registry: {}, env_params: { A: '…' } };
	const limits = { maxAttempts: 1, deadline: 60_000 };
	const seen = await host.run(getDeployment(clientOf(host), 'd', limits));
	expect(seen.raw).toEqual({ status: 'live', deployment_id: 'd', ...clean });
	const launch = await host.run(deploy(clientOf(host), 'llm', {}, 60_000));
	expect(launch.raw).toEqual({ status: 'live', deployment_id: 'd', ...clean });
	expect(launch.token).toBe('t');
});

test('the API’s message is not shortened', async () => {
	const message = `${'x'.repeat(400)}\nthe-key`;
	const host = virtualHost(() => json(400, { message }));
	const seen = await host.run(
		getDeployment(clientOf(host), 'd', { maxAttempts: 1, deadline: 60_000 }),
	);
	expect(seen.message).toBe(`${'x'.repeat(400)}\n…`);
});

describe('the lines of a log', () => {
	test.each([
		['INFO api_auth_token=hush-1 ready', 'INFO api_auth_token=… ready'],
		["{'api_key': 'hush-1', 'n': 1}", "{'api_key': '…', 'n': 1}"],
		['--token hush-1', '--token …'],
		['password: hush-1', 'password: …'],
		['Authorization: Bearer hush-1', 'Authorization: Bearer …'],
		['Throughput: 7.5 tokens/s, max_tokens=5', 'Throughput: 7.5 tokens/s, max_tokens=5'],
	])('%s', async (line, clean) => {
		const host = virtualHost(() => json(200, { logs: [line] }));
		expect((await host.run(getLogs(clientOf(host), 'd', 9))).lines).toEqual([clean]);
	});

	test('that are no text are returned as JSON', async () => {
		const host = virtualHost(() => json(200, { logs: [{ level: 'info', token: 'hush' }, 7] }));
		const { lines } = await host.run(getLogs(clientOf(host), 'd', 9));
		expect(lines).toEqual(['{"level":"info","token":"…"}', '7']);
	});
});

test.each([
	['too early, in any form', json(202, 'Not yet'), []],
	['a bare list', json(200, ['one', 'two']), ['one', 'two']],
])('logs may come as %s', async (_name, answer, lines) => {
	const host = virtualHost(() => answer);
	expect(await host.run(getLogs(clientOf(host), 'd', 9))).toEqual({ lines, message: undefined });
});

test.each([json(200, '7'), json(200, ''), json(200, [])])(
	'a service that answers %j is unavailable',
	async (answer) => {
		const host = virtualHost(() => answer);
		await expect(host.run(getHealth(clientOf(host)))).rejects.toThrow('did not report its health');
	},
);

test('machines in a map by name keep their names', async () => {
	const host = virtualHost(() => json(200, { 'qb24-v2-n1': { gpu: 'A10' } }));
	expect(await host.run(listInstances(clientOf(host)))).toEqual([
		{ name: 'qb24-v2-n1', gpu: 'A10' },
	]);
});
