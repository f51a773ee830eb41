import FormData from 'form-data';

import { startSession, until, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession({ settings: { queueMs: 10 } });
});
afterEach(() => session.emulator.close());

const submit = () => session.api.post('/generate/flan-T5', { prompt: 'Hello' });

describe('settings', () => {
	it('are read and changed', async () => {
		const change = { workMs: { default: 5 }, rateLimit: { requests: 1, perMs: 1000 } };
		const { status, data } = await session.open.patch('/control/settings', change);
		expect([status, data]).toEqual([200, expect.objectContaining({ queueMs: 10, ...change })]);
		expect((await session.open.get('/control/settings')).data).toEqual(data);
		await session.open.patch('/control/settings', { rateLimit: null });
		expect(session.emulator.state.settings.rateLimit).toBeNull();
	});

	it.each([{ queMs: 1 }, { queueMs: '1' }, { fileFault: '418' }, { rateLimit: {} }, []])(
		'refuse %j',
		async (change) => {
			expect((await session.open.patch('/control/settings', change)).status).toBe(400);
		},
	);
});

describe('faults', () => {
	it('are set', async () => {
		const fault = { path: '/v1/webhook', status: 500, body: { message: 'x' } };
		expect((await session.open.post('/control/faults', fault)).data).toEqual({ pending: 1 });
		expect((await session.api.get('/webhook')).data).toEqual({ message: 'x' });
	});

	it.each([{ drop: 'never' }, { path: '(' }, { times: 0 }, { stats: 1 }])(
		'refuse %j',
		async (fault) => {
			expect((await session.open.post('/control/faults', fault)).status).toBe(400);
		},
	);

	it('spare the control endpoint', async () => {
		session.emulator.state.faults.push({ status: 500 });
		expect((await session.open.get('/control/jobs')).status).toBe(200);
	});
});

describe('what was received', () => {
	it('lists jobs and uploads, without signatures and places on the disk', async () => {
		await submit();
		const { data: links } = await session.api.get<{ upload_url: string }>('/upload?filename=a.mp3');
		await session.open.put(links.upload_url, Buffer.from('sound'));
		const jobs = (await session.open.get('/control/jobs')).data;
		expect(jobs).toMatchObject([
			{ model: 'flan-T5', status: 'IN_QUEUE', inputs: { prompt: 'Hello' } },
		]);
		const { data: uploads } = await session.open.get<object[]>('/control/uploads');
		expect(uploads).toMatchObject([{ filename: 'a.mp3', size: 5, expired: false }]);
		expect(Object.keys(uploads[0] ?? {})).not.toEqual(
			expect.arrayContaining(['path', 'signatures']),
		);
	});

	it('lists requests, without keys', async () => {
		const { clock, emulator } = session;
		await submit();
		clock.now += 5;
		await session.open.get('/v1/status/x?y=1');
		const { data } = await session.open.get<{ requests: object[] }>('/control/requests');
		expect(data).toMatchObject({ openRequests: 0, peakOpenRequests: 1, peakTransfers: 0 });
		expect(data.requests).toEqual([
			{
				at: clock.now - 5,
				method: 'POST',
				path: '/v1/generate/flan-T5',
				headers: expect.objectContaining({ authorization: true, contentType: 'application/json' }),
				openAtOnce: 1,
				transfersAtOnce: 0,
				status: 200,
				bytesReceived: 18,
			},
			expect.objectContaining({
				at: clock.now,
				path: '/v1/status/x?y=1',
				headers: expect.objectContaining({ authorization: false }),
				status: 401,
			}),
		]);
		expect(JSON.stringify([...emulator.state.requests])).not.toContain('some-key');
	});

	it('counts what is open at once', async () => {
		const { state } = session.emulator;
		state.faults.push({ drop: 'hang', times: 3 });
		const going = new AbortController();
		const { signal } = going;
		const form = new FormData();
		form.append('file', Buffer.from('x'), { filename: 'a.mp3' });
		const answers = Promise.allSettled([
			session.api.get('/webhook', { signal }),
			session.api.post('/generate/whisper', form, { signal }),
			session.open.get('/files/x.png', { signal }),
		]);
		await until(() => state.requests.length === 3);
		going.abort();
		await answers;
		await until(() => state.openRequests + state.openTransfers === 0);
		expect([state.peakOpenRequests, state.peakTransfers]).toEqual([2, 2]);
		await session.open.post('/control/reset');
		expect([state.peakOpenRequests, state.peakTransfers]).toEqual([0, 0]);
	});

	it('is forgotten by a reset', async () => {
		const { state } = session.emulator;
		await submit();
		state.settings.queueMs = 99;
		state.faults.push({ status: 500 });
		state.webhooks.set('a', { url_name: 'a', webhook_url: 'http://a' });
		expect((await session.open.post('/control/reset')).status).toBe(200);
		expect(state.settings.queueMs).toBe(10);
		expect([state.requests, state.faults]).toEqual([[], []]);
		expect([state.jobs.size, state.webhooks.size, state.uploads.size]).toEqual([0, 0, 0]);
	});
});

describe('rate limit', () => {
	it('answers 429 beyond it and recovers by the clock', async () => {
		const rateLimit = { requests: 2, perMs: 1000 };
		Object.assign(session.emulator.state.settings, { rateLimit, retryAfter: '3' });
		expect([(await submit()).status, (await submit()).status]).toEqual([200, 200]);
		const refused = await submit();
		expect([refused.status, refused.data]).toEqual([429, { message: 'Quota Exceeded' }]);
		expect(refused.headers['retry-after']).toBe('3');
		session.clock.now += 1000;
		expect((await submit()).status).toBe(200);
	});

	it('can leave Retry-After out and spares files', async () => {
		session.emulator.state.settings.rateLimit = { requests: 0, perMs: 1000 };
		expect((await submit()).headers['retry-after']).toBeUndefined();
		expect((await session.open.get('/files/x.png')).status).toBe(404);
	});
});
