import { existsSync } from 'node:fs';
import http from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';

import { finish, sha256, startSession, until, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

interface Links {
	upload_url: string;
	download_url: string;
}

const ask = async (filename: string): Promise<Links> =>
	(await session.api.get<Links>('/upload', { params: { filename } })).data;
const put = (url: string, bytes: Buffer, headers: Record<string, string> = {}) =>
	session.open.put(url, bytes, { headers: { 'content-type': 'audio/mpeg', ...headers } });
const stored = () => [...session.emulator.state.uploads.values()][0]?.stored;
const bytes = Buffer.alloc(200_000, 'a sound');

it('keeps what is uploaded, to the byte', async () => {
	const links = await ask('my talk & more.mp3');
	expect(Object.keys(links).sort()).toEqual(['download_url', 'upload_url']);
	expect(links.upload_url).toMatch(
		/\/my%20talk%20%26%20more\.mp3\?.*X-Amz-Signature=[0-9a-f]{64}$/,
	);
	expect((await put(links.upload_url, bytes)).status).toBe(200);
	expect(stored()).toMatchObject({ size: bytes.length, sha256: sha256(bytes), mime: 'audio/mpeg' });
	const { data, headers } = await session.open.get<Buffer>(links.download_url, {
		responseType: 'arraybuffer',
	});
	expect(sha256(data)).toBe(sha256(bytes));
	expect(headers['content-type']).toBe('audio/mpeg');
	expect(session.emulator.state.requests[1]?.bytesReceived).toBe(bytes.length);
});

it('keeps a body that calls itself JSON as it is', async () => {
	const { upload_url: url } = await ask('a.json');
	await put(url, Buffer.from('{"a":'), { 'content-type': 'application/json' });
	expect(stored()?.size).toBe(5);
});

it('takes long names', async () => {
	const { upload_url: url } = await ask(`${'ä'.repeat(120)}.mp3`);
	expect((await put(url, bytes)).status).toBe(200);
});

it.each(['', 'talk', '.mp3', 'talk.', 'a/.mp3'])('refuses the name “%s”', async (filename) => {
	const { status, data } = await session.api.get<{ message: string }>('/upload', {
		params: { filename },
	});
	expect([status, data.message]).toEqual([400, expect.stringContaining('extension')]);
});

it('is read by a job through its link', async () => {
	const links = await ask('talk.mp3');
	await put(links.upload_url, bytes);
	const { status, process_id: id } = await finish(session, 'whisper', { file: links.download_url });
	expect(status).toBe('COMPLETED');
	expect(session.emulator.state.jobs.get(id)?.file).toMatchObject({
		name: 'talk.mp3',
		mime: 'audio/mpeg',
		size: bytes.length,
		sha256: sha256(bytes),
	});
});

it('fails a job when nothing is behind the link', async () => {
	const { download_url: file } = await ask('talk.mp3');
	const answer = await finish(session, 'whisper', { file });
	expect(answer.result.errorMessage).toContain('talk.mp3 could not be read');
});

it('expires after 30 minutes', async () => {
	const links = await ask('talk.mp3');
	session.clock.now += 30 * 60 * 1000 - 1;
	expect((await put(links.upload_url, bytes)).status).toBe(200);
	expect((await session.open.get(links.download_url)).status).toBe(200);
	session.clock.now += 1;
	for (const answer of [
		await put(links.upload_url, bytes),
		await session.open.get(links.download_url),
	]) {
		expect(answer.status).toBe(403);
		expect(answer.data).toContain('<Code>AccessDenied</Code>');
	}
	const late = await finish(session, 'whisper', { file: links.download_url });
	expect(late.status).toBe('FAILED');
});

it('refuses a key, a wrong signature and an unknown place', async () => {
	const links = await ask('talk.mp3');
	const twice = await put(links.upload_url, bytes, { authorization: 'Bearer k' });
	expect([twice.status, twice.data]).toEqual([400, expect.stringContaining('InvalidArgument')]);
	const swapped = await put(links.download_url, bytes);
	expect([swapped.status, swapped.data]).toEqual([
		403,
		expect.stringContaining('SignatureDoesNotMatch'),
	]);
	expect((await put(links.upload_url.replace('/uploads/', '/uploads/0'), bytes)).status).toBe(404);
	expect((await session.open.get(links.download_url)).status).toBe(404);
	expect(stored()).toBeUndefined();
});

it('needs a Content-Length', async () => {
	const { upload_url: url } = await ask('talk.mp3');
	const chunked = await session.open.put(url, Readable.from([bytes]));
	expect([chunked.status, chunked.data]).toEqual([501, expect.stringContaining('NotImplemented')]);

	const request = http.request(url, { method: 'PUT' });
	request.removeHeader('transfer-encoding');
	request.useChunkedEncodingByDefault = false;
	const status = await new Promise((resolve, reject) => {
		request.once('error', reject).once('response', (answer) => resolve(answer.statusCode));
		request.end();
	});
	expect(status).toBe(411);
});

it('survives a client that leaves, and keeps nothing of it', async () => {
	const { state } = session.emulator;
	const { upload_url: url } = await ask('talk.mp3');
	const request = http.request(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
	request.on('error', () => undefined);
	request.write(bytes);
	await until(() => (state.requests[1]?.bytesReceived ?? 0) > 0);
	request.destroy();
	await until(() => state.openTransfers === 0);
	expect(stored()).toBeUndefined();
	expect((await put(url, bytes)).status).toBe(200);
});

it('removes its files at the end', async () => {
	const { upload_url: url } = await ask('talk.mp3');
	await put(url, bytes);
	const path = stored()?.path ?? '';
	expect(existsSync(path)).toBe(true);
	session.emulator.state.reset();
	expect(existsSync(path)).toBe(false);
	await session.emulator.close();
	expect(existsSync(dirname(path))).toBe(false);
});
