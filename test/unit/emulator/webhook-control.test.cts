import { startReceiver, type Receiver } from './receiver.cjs';
import { startSession, until, type Accepted, type Session } from './session.cjs';

let session: Session;
let receiver: Receiver;
beforeEach(async () => {
	receiver = await startReceiver();
	session = await startSession({ now: Date.now, settings: { queueMs: 10, workMs: 10 } });
	session.emulator.state.webhooks.set('done', { url_name: 'done', webhook_url: receiver.url });
});
afterEach(async () => {
	await session.emulator.close();
	await receiver.close();
});

const forge = (forged: unknown) => session.open.post<object[]>('/control/callback', forged);

describe('a forged callback', () => {
	it('goes to a URL or a registered name, and its answer comes back', async () => {
		const body = { process_id: '../x', status: 'COMPLETED' };
		receiver.answers.push(401);
		const refused = await forge({ url: `${receiver.url}&by=url`, body });
		expect([refused.status, refused.data]).toEqual([200, [{ status: 401, body: 'said 401' }]]);
		const accepted = await forge({ url_name: 'done', body });
		expect(accepted.data).toEqual([{ status: 200, body: 'said 200' }]);
		expect(receiver.received.map(({ path }) => path)).toEqual([
			'/hook?token=t&by=url',
			'/hook?token=t',
		]);
		expect(receiver.bodies()).toEqual([body, body]);
		expect(session.emulator.state.callbacks).toEqual([]);
	});

	it.each([
		[{ body: null }, { method: 'POST', contentType: 'application/json', body: 'null' }],
		[{ body: [] }, { method: 'POST', contentType: 'application/json', body: '[]' }],
		[{}, { method: 'POST', contentType: undefined, contentLength: '0', body: '' }],
		[{ rawBody: '{"a":' }, { contentType: 'application/json', body: '{"a":' }],
		[
			{ rawBody: 'é', contentType: 'none' },
			{ contentType: undefined, body: 'é' },
		],
		[
			{ body: {}, contentType: 'text/xml' },
			{ contentType: 'text/xml', body: '{}' },
		],
		[
			{ body: {}, headers: { Authorization: 'x' } },
			{ authorization: 'x', body: '{}' },
		],
		[
			{ method: 'DELETE', body: {} },
			{ method: 'DELETE', body: '{}' },
		],
		[{ method: 'GET' }, { method: 'GET', contentType: undefined, body: '' }],
	])('may be anything: %j', async (forged, arrived) => {
		await forge({ url_name: 'done', ...forged });
		expect(receiver.received).toEqual([expect.objectContaining(arrived)]);
	});

	it('may be big', async () => {
		await forge({ url_name: 'done', rawBody: 'x'.repeat(10 * 1024 * 1024) });
		expect(receiver.received[0]?.body).toHaveLength(10 * 1024 * 1024);
	});

	it('is sent many times, as many at once as wanted', async () => {
		const one = await forge({ url_name: 'done', body: {}, times: 5 });
		expect([one.data.length, receiver.received.length, receiver.peak]).toEqual([5, 5, 1]);
		receiver.together = 100;
		const many = await forge({ url_name: 'done', body: {}, times: 500, concurrency: 100 });
		expect([many.data.length, receiver.received.length]).toEqual([500, 505]);
		expect(receiver.peak).toBe(100);
	});

	it('tells why there was no answer', async () => {
		await receiver.close();
		const away = await forge({ url_name: 'done' });
		expect(away.data).toEqual([
			{ status: 0, body: '', error: expect.stringContaining('ECONNREFUSED') },
		]);
		const impossible = await forge({ url_name: 'done', method: 'NO WAY' });
		expect(impossible.data).toMatchObject([{ status: 0 }]);
	});

	it.each([
		[404, { url_name: 'other' }],
		[400, {}],
		[400, { url: 'http://a', url_name: 'done' }],
		[400, { url: 'ftp://a' }],
		[400, { url_name: 'done', body: {}, rawBody: '' }],
		[400, { url_name: 'done', times: 0 }],
		[400, { url_name: 'done', bodies: [] }],
	])('is answered with %i when it is %j', async (status, forged) => {
		expect((await forge(forged)).status).toBe(status);
		expect(receiver.received).toEqual([]);
	});
});

describe('a replay', () => {
	const replay = (process_id: string) =>
		session.open.post('/control/callbacks/replay', { process_id });
	const submit = async (query: string, prompt = 'a'): Promise<string> =>
		(await session.api.post<Accepted>(`/generate/flan-T5${query}`, { prompt })).data.process_id;
	const delivered = (count: number) =>
		until(() => session.emulator.state.callbacks.length >= count);

	it('sends all callbacks of a job again', async () => {
		const id = await submit('?webhook_url_name=done');
		await delivered(3);
		const before = [...receiver.received];
		const { status, data } = await replay(id);
		expect([status, data]).toEqual([200, session.emulator.state.callbacks.slice(3)]);
		expect(receiver.received).toEqual([...before, ...before]);
	});

	it('sends only what the job has come to', async () => {
		const id = await submit('?webhook_url_name=done', '[slow 1000]');
		await delivered(2);
		const { data } = await replay(id);
		expect(data).toMatchObject([{ status: 'IN_QUEUE' }, { status: 'IN_PROGRESS' }]);
	});

	it('needs a job with a webhook', async () => {
		expect((await replay('unknown')).status).toBe(404);
		expect((await replay(await submit(''))).status).toBe(400);
		const id = await submit('?webhook_url_name=done');
		session.emulator.state.webhooks.clear();
		expect((await replay(id)).status).toBe(400);
		expect((await session.open.post('/control/callbacks/replay', {})).status).toBe(400);
	});
});
