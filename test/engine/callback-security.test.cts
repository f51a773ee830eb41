import { callbackOf as callback, useCallbacks } from '../support/engine/callback-session.cjs';
import { logLines } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const callbacks = useCallbacks(session);
const { start, job, send, expectNothing } = callbacks;

describe('attacks', () => {
	beforeEach(async () => await start());
	const unknown = '0b7e3c1e-1111-2222-3333-444455556666';
	const without = () => callbacks.url().split('?')[0] ?? '';

	test.each<[string, () => string]>([
		['no token', () => without()],
		['an empty token', () => `${without()}?token=`],
		['a wrong token', () => `${without()}?token=${'A'.repeat(43)}`],
		['two tokens', () => `${callbacks.url()}&token=x`],
		['the token of the test listener', () => callbacks.url()],
		['a huge token', () => `${without()}?token=${'x'.repeat(10_000)}`],
	])('%s: 401', async (name, to) => {
		const id = await job();
		let target = to();
		if (name.includes('test listener')) {
			await callbacks.listener.hook('create', 'manual');
			const test = session.emulator.state.webhooks.get('mine-test')?.webhook_url ?? '';
			target = `${without()}?${test.split('?')[1] ?? ''}`;
			session.emulator.state.requests.length = 0;
		}
		expect(await send(callback(id), { to: target })).toBe(401);
		expectNothing();
	});

	test('wrong tokens are logged once, with a possible cause', async () => {
		for (const token of ['forged-1', 'forged-2']) {
			await send(callback(unknown), { to: `${without()}?token=${token}` });
		}
		const lines = logLines.filter((line) => line.includes('wrong token'));
		expect(lines).toEqual([expect.stringMatching(/^warn .*API key was changed, unpublish/)]);
		expect(logLines.join()).not.toContain('forged');
	});

	test('an unknown job, or one of another account: 401', async () => {
		expect(await send(callback(unknown))).toBe(401);
		expect(logLines.at(-1)).toMatch(
			new RegExp(`^warn .*job ${unknown} was not accepted. MonsterAPI does not know its job`),
		);
		expectNothing(...Array.from({ length: 4 }, () => `GET /v1/status/${unknown}`));
	}, 15_000);

	test('a forged status: 401, and the genuine callback is still accepted', async () => {
		session.emulator.state.settings.workMs = 3_600_000;
		const id = await job();
		expect(await send(callback(id))).toBe(401);
		expectNothing(...Array.from({ length: 4 }, () => `GET /v1/status/${id}`));
		const [known] = [...session.emulator.state.jobs.values()];
		Object.assign(known ?? {}, { workMs: 0 });
		expect(await send(callback(id))).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
	}, 15_000);

	test('a flood of unknown jobs: 401, then 429, and a job of this n8n is still accepted', async () => {
		const id = await job();
		const statuses = await Promise.all(
			Array.from({ length: 50 }, async (_unused, index) => await send(callback(`forged-${index}`))),
		);
		expect(statuses.filter((status) => status === 401)).toHaveLength(30);
		expect(statuses.filter((status) => status === 429)).toHaveLength(20);
		expect(session.calls()).toHaveLength(30 * 4);
		expect(logLines.filter((line) => line.includes('jobs that MonsterAPI does not know'))).toEqual([
			expect.stringMatching(/^warn .*change the API key, and publish/),
		]);
		expect(await send(callback(id))).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
		expect(await send(callback(unknown))).toBe(429);
	}, 15_000);

	test('a replay starts nothing', async () => {
		const id = await job();
		await send(callback(id));
		callbacks.listener.started.length = 0;
		session.emulator.state.requests.length = 0;
		for (let times = 0; times < 5; times++) expect(await send(callback(id))).toBe(200);
		expectNothing();
	});

	test.each<[string, unknown, number]>([
		['a path in the id', callback('../../v1/deploy/terminate'), 400],
		['an encoded path in the id', callback('..%2f..%2fdeploy'), 400],
		['a query in the id', callback('x?y=z'), 400],
		['an id of 100 kB', callback('x'.repeat(100_000)), 400],
		['an id that is an object', { process_id: {}, status: 'COMPLETED' }, 400],
		['no status', { process_id: 'x' }, 400],
		[
			'prototype keys',
			'{"__proto__":{"process_id":"x"},"constructor":{"status":"COMPLETED"}}',
			200,
		],
		['prototype keys with an id', `{"__proto__":{"status":"COMPLETED"},"process_id":"x"}`, 400],
		['no JSON', 'process_id=x', 422],
		['an array', [callback('x')], 200],
		['null', 'null', 200],
		['a number', '7', 200],
		['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000), 200],
		['10 MB', JSON.stringify({ padding: 'x'.repeat(10_000_000) }), 200],
		['an empty object', {}, 200],
	])('%s: answered, nothing starts, no request to the API', async (_name, body, status) => {
		expect(await send(body)).toBe(status);
		expectNothing();
	});

	test.each(['PUT', 'PATCH', 'DELETE'])('the method %s: 404', async (method) => {
		expect(await send(callback(unknown), { method })).toBe(404);
		expectNothing();
	});

	test('a GET with the right token starts nothing', async () => {
		expect(await send(undefined, { method: 'GET' })).toBe(200);
		expectNothing();
	});
});
