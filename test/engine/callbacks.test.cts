import { bytesOf, logLines } from '../support/engine/engine.cjs';
import { callbackOf as callback, useCallbacks } from '../support/engine/callback-session.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const callbacks = useCallbacks(session);
const { start, job, send, expectNothing } = callbacks;

test('a callback starts the workflow with what the API says, not with what the sender says', async () => {
	await start();
	const id = await job();
	expect(await send(callback(id))).toBe(200);
	expect(callbacks.listener.started).toHaveLength(1);
	expect(callbacks.listener.started[0]?.[0]?.json).toEqual({
		process_id: id,
		model: 'falcon-7b-instruct',
		status: 'COMPLETED',
		text: expect.stringContaining('emulated'),
		credit_used: expect.any(Number),
	});
	expect(session.calls()).toEqual([`GET /v1/status/${id}`]);
});

test('the item is the one that the action node gives, files included', async () => {
	await start({ options: { outputBinaryField: 'boat' } });
	const id = await job('A boat', { operation: 'generateImage', model: 'txt2img' });
	await send({ ...callback(id), model_name: 'txt2img' });
	const { items } = await session.run({
		resource: 'job',
		operation: 'wait',
		processId: id,
		options: { outputBinaryField: 'boat' },
	});
	// The sender has its answer before the file is fetched.
	const { started: starts } = callbacks.listener;
	while (starts.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
	const [started] = starts;
	expect(started?.[0]?.json).toEqual({ ...items[0]?.json, model: 'txt2img' });
	expect((await bytesOf(started?.[0], 'boat')).equals(await bytesOf(items[0], 'boat'))).toBe(true);
});

test('the API’s answer as it came, and no files, when that is wanted', async () => {
	await start({ simplify: false, download: false });
	const id = await job('A boat', { operation: 'generateImage', model: 'txt2img' });
	await send(callback(id));
	expect(callbacks.listener.started[0]?.[0]?.json).toMatchObject({
		result: { output: [expect.any(String)] },
		overage: 0,
	});
	expect(callbacks.listener.started[0]?.[0]?.binary).toBeUndefined();
});

test('a failed job starts it too', async () => {
	await start();
	const id = await job('[fail: too hot]');
	expect(await send(callback(id, 'FAILED'))).toBe(200);
	expect(callbacks.listener.started[0]?.[0]?.json).toMatchObject({
		status: 'FAILED',
		message: 'too hot',
	});
});

test('a file that cannot be fetched does not lose the event', async () => {
	await start();
	const id = await job('A boat', { operation: 'generateImage', model: 'txt2img' });
	session.emulator.state.faults.push({
		path: '/files/',
		status: 404,
		times: 9,
		headers: { 'retry-after': '0' },
	});
	expect(await send(callback(id))).toBe(200);
	while (callbacks.listener.started.length === 0)
		await new Promise((resolve) => setImmediate(resolve));
	expect(callbacks.listener.started[0]?.[0]?.json).toMatchObject({
		process_id: id,
		output: [expect.any(String)],
		download_failed: 'The result file is not there',
	});
});

test.each([null, 'text/plain', 'application/octet-stream', 'application/json; charset=utf-8'])(
	'a body of content type %j is read',
	async (contentType) => {
		await start();
		const id = await job();
		expect(await send(JSON.stringify(callback(id)), { contentType })).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
	},
);

describe('filters', () => {
	test('statuses that are not wanted cost no look', async () => {
		await start();
		session.emulator.state.settings.workMs = 3_600_000;
		const id = await job();
		expect(await send(callback(id, 'IN_PROGRESS'))).toBe(200);
		expectNothing();
	});

	test('models that are not wanted cost no look', async () => {
		await start({ options: { models: ['whisper'] } });
		const id = await job();
		expect(await send(callback(id))).toBe(200);
		expectNothing();
	});

	test('intermediate statuses start it when they are wanted', async () => {
		await start({ statuses: ['IN_PROGRESS', 'COMPLETED'] });
		session.emulator.state.settings.workMs = 3_600_000;
		const id = await job();
		expect(await send(callback(id, 'IN_PROGRESS'))).toBe(200);
		expect(callbacks.listener.started[0]?.[0]?.json).toEqual({
			process_id: id,
			model: 'falcon-7b-instruct',
			status: 'IN_PROGRESS',
		});
	});
});

describe('duplicates', () => {
	test('start it once, one after the other and at the same moment', async () => {
		await start();
		const id = await job();
		await Promise.all(Array.from({ length: 20 }, async () => await send(callback(id))));
		expect(await send(callback(id))).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
		expect(session.calls()).toHaveLength(1);
	});

	test('what comes after the end starts nothing', async () => {
		await start({ statuses: ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED'] });
		const id = await job();
		for (const status of ['COMPLETED', 'IN_PROGRESS', 'IN_QUEUE', 'COMPLETED']) {
			expect(await send(callback(id, status))).toBe(200);
		}
		expect(callbacks.listener.started).toHaveLength(1);
	});

	test('a way station that comes too late brings the end, if that has not come yet', async () => {
		await start({ statuses: ['IN_PROGRESS', 'COMPLETED'] });
		const id = await job();
		expect(await send(callback(id, 'IN_PROGRESS'))).toBe(200);
		expect(await send(callback(id, 'COMPLETED'))).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
		expect(callbacks.listener.started[0]?.[0]?.json['status']).toBe('COMPLETED');
	});

	test('are let through when that is wanted', async () => {
		await start({ options: { ignoreDuplicates: false } });
		const id = await job();
		await send(callback(id));
		await send(callback(id));
		expect(callbacks.listener.started).toHaveLength(2);
	});

	test('are remembered over a restart', async () => {
		await start();
		const id = await job();
		await send(callback(id));
		expect(callbacks.listener.staticData['deliveries']).toEqual([`${id} COMPLETED`]);
	});

	test('are remembered up to 10,000, the oldest forgotten first', async () => {
		await start();
		const [forgotten, known] = [await job(), await job('Again')];
		const others = Array.from({ length: 9_999 }, (_unused, index) => `job-${index} COMPLETED`);
		callbacks.listener.staticData['deliveries'] = [
			`${forgotten} COMPLETED`,
			`${known} COMPLETED`,
			...others,
		];
		await send(callback(known));
		expectNothing();
		await send(callback(forgotten));
		expect(callbacks.listener.started).toHaveLength(1);
	});
});

test('Statuses and Models may come from an expression, as a single text', async () => {
	for (const [models, started] of Object.entries({ whisper: 0, 'falcon-7b-instruct': 1 })) {
		await start({ statuses: 'COMPLETED', options: { models } });
		const id = await job();
		expect(await send({ ...callback(id), model_name: 'falcon-7b-instruct' })).toBe(200);
		expect(callbacks.listener.started).toHaveLength(started);
		await callbacks.listener.close();
	}
});

describe('an API that cannot be asked', () => {
	test('leaves the ID of every job in the log', async () => {
		await start();
		const ids = [await job(), await job('Again'), await job('And again')];
		session.emulator.state.faults.push({ method: 'GET', status: 401, times: 3 });
		for (const id of ids) expect(await send(callback(id))).toBe(503);
		for (const id of ids) {
			expect(logLines).toContainEqual(
				expect.stringMatching(new RegExp(`^warn .*job ${id} was not taken`)),
			);
		}
	});

	test('for the first of two callbacks at once: the second is not dropped for its sake', async () => {
		await start();
		const id = await job();
		session.emulator.state.faults.push({ method: 'GET', status: 401 });
		const answers = await Promise.all([send(callback(id)), send(callback(id))]);
		expect(answers.sort()).toEqual([200, 503]);
		expect(callbacks.listener.started).toHaveLength(1);
	});

	test.each([
		['asks for more patience than a sender has', { status: 503 }],
		['does not take the key', { status: 401 }],
	])('that %s: 503, nothing starts, and the next one may', async (_name, fault) => {
		await start();
		const id = await job();
		session.emulator.state.faults.push({
			method: 'GET',
			times: 3,
			headers: { 'retry-after': '100' },
			...fault,
		});
		expect(await send(callback(id))).toBe(503);
		expect(callbacks.listener.started).toEqual([]);
		expect(callbacks.listener.failures).toEqual([]);
		session.emulator.state.faults.length = 0;
		expect(await send(callback(id))).toBe(200);
		expect(callbacks.listener.started).toHaveLength(1);
	});
});

test('without Verify, the sender is believed: only the token protects', async () => {
	await start({ options: { verify: false } });
	const forged = { output: [`${session.emulator.origin}/files/internal.png`], text: 'forged' };
	expect(await send({ ...callback('p-1'), result: forged })).toBe(200);
	expect(callbacks.listener.started[0]?.[0]?.json).toMatchObject({
		process_id: 'p-1',
		text: 'forged',
	});
	expect(session.calls()).toEqual([]);
	expect(await send(callback('p-2'), { to: callbacks.url().split('?')[0] ?? '' })).toBe(401);
});

test('no more than ten jobs are looked at at once, whatever comes in', async () => {
	await start();
	await job();
	const { state } = session.emulator;
	const [template] = [...state.jobs.values()];
	const ids = Array.from({ length: 30 }, (_unused, index) => `look-${index}`);
	for (const processId of ids) if (template) state.jobs.set(processId, { ...template, processId });
	// Long enough for all callbacks to arrive while the first looks are under way.
	state.faults.push({ path: '/v1/status', delayMs: 300, times: 99 });
	await Promise.all(ids.map(async (id) => await send(callback(id))));
	expect(callbacks.listener.started).toHaveLength(30);
	expect(state.peakOpenRequests).toBeLessThanOrEqual(10);
});

test('500 callbacks in a burst, 200 of them duplicates, start it 300 times', async () => {
	await start();
	const ids = await Promise.all(Array.from({ length: 10 }, async () => await job()));
	const [template] = [...session.emulator.state.jobs.values()];
	for (let index = ids.length; index < 300; index++) {
		const processId = `burst-${index}`;
		if (template !== undefined)
			session.emulator.state.jobs.set(processId, { ...template, processId });
		ids.push(processId);
	}
	const burst = [...ids, ...ids.slice(0, 200)];
	const answers = await Promise.all(burst.map(async (id) => await send(callback(id))));
	expect(answers.every((status) => status === 200)).toBe(true);
	expect(callbacks.listener.started).toHaveLength(300);
	expect(
		new Set(callbacks.listener.started.map((items) => items[0]?.json['process_id'])).size,
	).toBe(300);
	expect(callbacks.listener.failures).toEqual([]);
	expect(callbacks.listener.staticData['deliveries']).toHaveLength(200);
}, 60_000);
