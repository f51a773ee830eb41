import { startSession, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

const done = { url_name: 'done', webhook_url: 'https://example.com/hook' };

it('keeps, lists and deletes callback URLs', async () => {
	expect((await session.api.get('/webhook')).data).toEqual([]);
	expect((await session.api.post('/webhook', done)).status).toBe(200);
	expect((await session.api.get('/webhook')).data).toEqual([done]);
	expect((await session.api.get('/webhook?url_name=done')).data).toEqual([done]);
	expect((await session.api.get('/webhook?url_name=other')).status).toBe(404);
	expect((await session.api.delete('/webhook?url_name=done')).status).toBe(200);
	expect((await session.api.get('/webhook')).data).toEqual([]);
});

it.each([{}, { url_name: 'a' }, { ...done, webhook_url: 'nowhere' }, { ...done, url_name: 1 }])(
	'refuses %j',
	async (body) => {
		expect((await session.api.post('/webhook', body)).status).toBe(400);
		expect(session.emulator.state.webhooks.size).toBe(0);
	},
);

it('answers an unknown address with 404 in the shape of the API', async () => {
	const { status, data } = await session.api.get('/nothing');
	expect([status, data]).toEqual([404, { message: expect.stringContaining('Not Found') }]);
});
