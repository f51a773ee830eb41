import type { Settings } from '../../../emulator/settings.cjs';
import { startReceiver, type Receiver } from './receiver.cjs';
import { startSession, until, type Session } from './session.cjs';

let session: Session;
let receiver: Receiver;
beforeEach(async () => {
	receiver = await startReceiver();
	session = await startSession();
});
afterEach(async () => {
	await session.emulator.close();
	await receiver.close();
});

const set = (settings: Partial<Settings>) =>
	Object.assign(session.emulator.state.settings, settings);
const done = () => ({ url_name: 'done', webhook_url: receiver.url });
const register = (body: unknown = done()) => session.api.post('/webhook', body);

it('keeps, lists and deletes callback URLs', async () => {
	expect((await session.api.get('/webhook')).data).toEqual([]);
	const { status, data } = await register();
	expect([status, data]).toEqual([200, { message: expect.any(String), ...done() }]);
	expect((await session.api.get('/webhook')).data).toEqual([done()]);
	expect((await session.api.get('/webhook?url_name=done')).data).toEqual([done()]);
	expect((await session.api.get('/webhook?url_name=other')).status).toBe(404);
	const deleted = await session.api.delete('/webhook?url_name=done');
	expect([deleted.status, deleted.data]).toEqual([200, { message: expect.any(String) }]);
	expect((await session.api.get('/webhook')).data).toEqual([]);
});

it.each([
	{},
	{ url_name: 'a' },
	{ webhook_url: 'http://127.0.0.1/' },
	{ url_name: 'a', webhook_url: 'nowhere' },
	{ url_name: 'a', webhook_url: 'ftp://127.0.0.1/' },
	{ url_name: 1, webhook_url: 'http://127.0.0.1/' },
	{ url_name: '', webhook_url: 'http://127.0.0.1/' },
	[],
])('refuses %j', async (body) => {
	const { status, data } = await register(body);
	expect([status, data]).toEqual([400, { message: expect.stringContaining('Invalid Payload') }]);
	expect(session.emulator.state.webhooks.size).toBe(0);
});

it('answers an unknown address with 404 in the shape of the API', async () => {
	const { status, data } = await session.api.get('/nothing');
	expect([status, data]).toEqual([404, { message: expect.stringContaining('Not Found') }]);
});

describe('what nobody documents can be switched', () => {
	it('a name that is registered again is overwritten, or refused without trying the URL', async () => {
		await register();
		const other = { ...done(), webhook_url: `${receiver.url}&other=1` };
		expect((await register(other)).status).toBe(200);
		expect((await session.api.get('/webhook')).data).toEqual([other]);

		set({ webhookDuplicate: 'refuse' });
		expect((await register()).status).toBe(400);
		expect((await session.api.get('/webhook')).data).toEqual([other]);
		expect(receiver.received).toHaveLength(2);
	});

	it('an account without webhooks may be answered with 404', async () => {
		set({ webhookEmpty: '404' });
		const { status, data } = await session.api.get('/webhook');
		expect([status, data]).toEqual([404, { message: 'Not found' }]);
		await register();
		expect((await session.api.get('/webhook')).status).toBe(200);
	});

	it('deleting what is not there succeeds, or is answered with 404', async () => {
		expect((await session.api.delete('/webhook?url_name=done')).status).toBe(200);
		set({ webhookGone: '404' });
		expect((await session.api.delete('/webhook?url_name=done')).status).toBe(404);
		await register();
		expect((await session.api.delete('/webhook?url_name=done')).status).toBe(200);
	});

	it('all of it by the control endpoint', async () => {
		const change = {
			webhookProbe: 'HEAD',
			probeTimeoutMs: 50,
			webhookDuplicate: 'refuse',
			webhookEmpty: '404',
			webhookGone: '404',
			callbackStatuses: ['COMPLETED', 'FAILED'],
			callbackDelayMs: 5,
			callbackReorder: true,
			callbackRepeat: 2,
			callbackLostCount: 1,
			callbackContentType: 'none',
			callbackAttempts: 3,
			callbackRetryMs: 10,
		};
		const { status, data } = await session.open.patch('/control/settings', change);
		expect([status, data]).toEqual([200, expect.objectContaining(change)]);
	});

	it.each([
		{ webhookProbe: 'PUT' },
		{ callbackStatuses: ['DONE'] },
		{ callbackRepeat: 0 },
		{ callbackAttempts: 0 },
		{ callbackContentType: 'text/html' },
	])('but not to %j', async (change) => {
		expect((await session.open.patch('/control/settings', change)).status).toBe(400);
	});
});

describe('the URL is tried before it is kept', () => {
	it.each([
		['GET', { method: 'GET', contentType: undefined, contentLength: undefined, body: '' }],
		['HEAD', { method: 'HEAD', contentType: undefined, contentLength: undefined, body: '' }],
		['POST', { method: 'POST', contentType: 'application/json', contentLength: '2', body: '{}' }],
		['POST-empty', { method: 'POST', contentType: undefined, contentLength: '0', body: '' }],
	] as const)('with %s, without the key', async (webhookProbe, probe) => {
		set({ webhookProbe });
		expect((await register()).status).toBe(200);
		const common = { path: '/hook?token=t', authorization: undefined };
		expect(receiver.received).toEqual([{ ...common, ...probe }]);
	});

	it('or not at all', async () => {
		set({ webhookProbe: 'none' });
		await receiver.close();
		expect((await register()).status).toBe(200);
		expect(receiver.received).toEqual([]);
	});

	it.each([500, 404, 302, 401])('and refused with 408 when it answers %i', async (answer) => {
		receiver.answers.push(answer);
		const { status, data } = await register();
		expect([status, data]).toEqual([
			408,
			{ message: `Request Timeout: the webhook URL answered ${answer}` },
		]);
		expect(session.emulator.state.webhooks.size).toBe(0);
	});

	it.each([201, 204])('and kept when it answers %i', async (answer) => {
		receiver.answers.push(answer);
		expect((await register()).status).toBe(200);
	});

	it('and refused with 408 when nothing listens there', async () => {
		await receiver.close();
		const { status, data } = await register();
		expect([status, data]).toEqual([
			408,
			{ message: 'Request Timeout: the webhook URL did not answer' },
		]);
	});

	it('and refused with 408 when it takes too long; the old entry stays', async () => {
		await register();
		set({ probeTimeoutMs: 20 });
		receiver.answers.push('hang');
		expect((await register({ ...done(), webhook_url: `${receiver.url}&new` })).status).toBe(408);
		expect(session.emulator.state.webhooks.get('done')).toEqual(done());
	});

	it('and refused with 408 unasked when there is no time at all', async () => {
		set({ probeTimeoutMs: 0 });
		expect((await register()).status).toBe(408);
		expect(receiver.received).toEqual([]);
	});

	it('and holds nothing up when the emulator ends meanwhile', async () => {
		receiver.answers.push('hang');
		const answer = register().catch(() => 'cut off');
		await until(() => receiver.received.length === 1);
		await session.emulator.close();
		await answer;
		expect(session.emulator.state.webhooks.size).toBe(0);
	});
});
