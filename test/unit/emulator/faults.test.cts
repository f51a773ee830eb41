import http from 'node:http';

import type { Fault } from '../../../emulator/fault.cjs';
import { startSession, until, type Accepted, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

const next = (...faults: Fault[]) => session.emulator.state.faults.push(...faults);
const submit = (signal?: AbortSignal) =>
	session.api.post('/generate/flan-T5', { prompt: 'Hello' }, signal && { signal });
const list = () => session.api.get('/webhook');

it('answers instead of the API, as often as configured', async () => {
	next({
		method: 'get',
		path: '/v1/webhook',
		times: 2,
		status: 503,
		headers: { 'Retry-After': '7' },
	});
	expect((await submit()).status).toBe(200);
	const first = await list();
	expect([first.status, first.headers['retry-after']]).toEqual([503, '7']);
	expect(first.data).toEqual({ message: '[emulated] fault 503' });
	expect([(await list()).status, (await list()).status]).toEqual([503, 200]);
});

it('answers with any body', async () => {
	next(
		{ status: 502, body: '<html>', contentType: 'text/html' },
		{ status: 403, body: { message: 'x' } },
	);
	next(
		{ status: 200, body: ['a'] },
		{ status: 200, body: '{"a":', contentType: 'application/json' },
	);
	const page = await list();
	expect([page.data, page.headers['content-type']]).toEqual(['<html>', 'text/html']);
	expect((await list()).data).toEqual({ message: 'x' });
	expect((await list()).data).toEqual(['a']);
	expect((await list()).data).toBe('{"a":');
});

it('finds requests by the start of the path or by a regular expression', async () => {
	next({ path: '/v1/status', status: 500 }, { path: 'webhook\\?url_name=b$', status: 501 });
	expect((await session.api.get('/webhook?url_name=a')).status).toBe(404);
	expect((await session.api.get('/webhook?url_name=b')).status).toBe(501);
	expect((await session.api.get('/status/x')).status).toBe(500);
	expect(session.emulator.state.faults).toEqual([]);
});

it('lets requests through to fail a later one', async () => {
	next({ times: 2 }, { status: 500 });
	const statuses = [await list(), await list(), await list(), await list()];
	expect(statuses.map(({ status }) => status)).toEqual([200, 200, 500, 200]);
});

it('closes the connection before anything is done', async () => {
	next({ drop: 'before' });
	await expect(submit()).rejects.toMatchObject({ code: 'ECONNRESET' });
	expect(session.emulator.state.jobs.size).toBe(0);
	expect(session.emulator.state.requests[0]?.status).toBe(0);
	expect((await submit()).status).toBe(200);
});

it('closes the connection after the job was accepted', async () => {
	next({ drop: 'after' });
	await expect(submit()).rejects.toMatchObject({ code: 'ECONNRESET' });
	expect(session.emulator.state.jobs.size).toBe(1);
	await until(() => session.emulator.state.openRequests === 0);
	expect(session.emulator.state.requests[0]?.status).toBe(0);
});

it.each<[string, Fault]>([
	['the answer of the API', { drop: 'half' }],
	['an answer of its own', { drop: 'half', status: 500 }],
])('breaks off %s', async (_name, fault) => {
	next(fault);
	const { length, received } = await new Promise<{ length: number; received: number }>(
		(resolve) => {
			const headers = { authorization: 'Bearer k' };
			http.get(`${session.emulator.baseUrl}/upload?filename=a.mp3`, { headers }, (answer) => {
				let received = 0;
				answer
					.on('data', (chunk: Buffer) => (received += chunk.length))
					.on('error', () => undefined);
				answer.once('close', () =>
					resolve({ length: Number(answer.headers['content-length']), received }),
				);
			});
		},
	);
	expect(length).toBeGreaterThan(0);
	expect(received).toBe(Math.floor(length / 2));
});

it('breaks off a download', async () => {
	session.emulator.state.settings.resultBytes = 2_000_000;
	const { data } = await session.api.post<Accepted>('/generate/txt2img', { prompt: 'A hill' });
	session.clock.now += 60_000;
	next({ path: '/files/', drop: 'half' });
	const link = `${session.emulator.origin}/files/${data.process_id}_0.png`;
	await expect(session.open.get(link)).rejects.toThrow();
	expect((await session.open.get(link)).status).toBe(200);
});

it('never answers, until the client goes', async () => {
	next({ drop: 'hang' });
	const going = new AbortController();
	const answer = session.api.get('/webhook', { signal: going.signal });
	await until(() => session.emulator.state.openRequests === 1);
	going.abort();
	await expect(answer).rejects.toMatchObject({ code: 'ERR_CANCELED' });
	await until(() => session.emulator.state.openRequests === 0);
});

it('takes the job and never answers', async () => {
	next({ drop: 'mute' });
	const going = new AbortController();
	const answer = submit(going.signal);
	await until(() => session.emulator.state.jobs.size === 1);
	expect(session.emulator.state.openRequests).toBe(1);
	going.abort();
	await expect(answer).rejects.toMatchObject({ code: 'ERR_CANCELED' });
	await until(() => session.emulator.state.openRequests === 0);
	expect(session.emulator.state.requests[0]?.status).toBe(0);
});

it('never answers, until the emulator ends', async () => {
	next({ drop: 'hang' }, { delayMs: 3_600_000 });
	const answers = Promise.allSettled([list(), submit()]);
	await until(() => session.emulator.state.openRequests === 2);
	await session.emulator.close();
	expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

it('waits before it goes on', async () => {
	next({ delayMs: 5 }, { delayMs: 5, status: 500 });
	expect((await list()).status).toBe(200);
	expect((await list()).status).toBe(500);
});

it('fails uploads before their body is read', async () => {
	const { data } = await session.api.get<{ upload_url: string }>('/upload?filename=a.mp3');
	next({ method: 'PUT', status: 503 });
	const put = () => session.open.put(data.upload_url, Buffer.alloc(3_000_000));
	expect((await put()).status).toBe(503);
	expect((await put()).status).toBe(200);
});
