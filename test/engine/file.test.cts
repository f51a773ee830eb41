import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

import { binaryOf, bytesOf, textOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const upload = (parameters: object = {}) => ({
	resource: 'file',
	operation: 'upload',
	...parameters,
});
const paint = { resource: 'model', operation: 'generateImage', model: 'txt2img', prompt: 'A boat' };
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const itemWith = async (bytes: Buffer, name: string, type: string) => ({
	items: [{ json: {}, binary: { data: await binaryOf(bytes, name, type) } }],
});

describe('upload', () => {
	test.each([
		['a.txt', 10],
		['Ünï "quoted" 🎤.mp3', 70_000],
		['large.bin', 20_000_000],
	])('%s of %i bytes arrives intact', async (name, size) => {
		const bytes = randomBytes(size);
		const before = Date.now();
		const { items, error } = await session.run(
			upload(),
			await itemWith(bytes, name, 'application/octet-stream'),
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ filename: name, size, mime_type: expect.any(String) });
		const life = Date.parse(textOf(items[0], 'expires_at')) - before;
		expect(life).toBeGreaterThan(29 * 60_000);
		expect(life).toBeLessThan(31 * 60_000);
		const back = Buffer.from(await (await fetch(textOf(items[0], 'download_url'))).arrayBuffer());
		expect(sha256(back)).toBe(sha256(bytes));
	});

	test('of a file whose item does not have its size', async () => {
		const { bytes: _size, ...binary } = await binaryOf(randomBytes(70_000), 'a.mp3', 'audio/mpeg');
		const { items } = await session.run(upload(), {
			items: [{ json: {}, binary: { data: binary } }],
		});
		expect(items[0]?.json).toMatchObject({ size: 70_000 });
	});

	test('of a file that an expression returns with a wrong size', async () => {
		const binary = await binaryOf(randomBytes(70_000), 'a.mp3', 'audio/mpeg');
		const { items } = await session.run(upload({ binaryPropertyName: { ...binary, bytes: 5 } }), {
			items: [{ json: {}, binary: { data: binary } }],
		});
		expect(items[0]?.json).toMatchObject({ size: 70_000 });
	});

	test('uses another name', async () => {
		const { items } = await session.run(
			upload({ options: { fileName: 'other.wav' } }),
			await itemWith(Buffer.from('x'), 'a.bin', 'application/octet-stream'),
		);
		expect(items[0]?.json).toMatchObject({ filename: 'other.wav', mime_type: 'audio/wav' });
	});

	test.each<[string, Buffer, string, RegExp]>([
		['noextension', Buffer.from('x'), 'application/octet-stream', /has no extension/],
		['empty.mp3', Buffer.alloc(0), 'audio/mpeg', /is empty/],
	])('%s is rejected before anything is sent', async (name, bytes, type, message) => {
		const { error } = await session.run(upload(), await itemWith(bytes, name, type));
		expect(error?.message).toMatch(message);
		expect(session.calls()).toEqual([]);
	});
});

describe('a result file', () => {
	test.each(['404', '403', '500', 'empty', 'truncate'] as const)(
		'that is %s at first comes later',
		async (fault) => {
			Object.assign(session.emulator.state.settings, { fileFault: fault, fileFaultCount: 1 });
			const { items, error } = await session.run(paint);
			expect(error).toBeUndefined();
			expect((await bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
		},
	);

	test('is followed through a redirect', async () => {
		Object.assign(session.emulator.state.settings, { fileFault: 'redirect', fileFaultCount: 1 });
		const { items } = await session.run(paint);
		expect((await bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
	});

	test('that never arrives does not lose the job: ID and URL are in the item', async () => {
		const soon = { 'retry-after': '0' };
		session.emulator.state.faults.push({ path: '/files/', status: 404, times: 9, headers: soon });
		const { items } = await session.run(paint, { settings: { onError: 'continueRegularOutput' } });
		const [job] = [...session.emulator.state.jobs.values()];
		expect(items[0]?.json).toMatchObject({
			error: 'The result file does not exist',
			process_id: job?.processId,
			status: 'COMPLETED',
			http_status: 404,
			retryable: false,
			output: [expect.stringContaining(`${job?.processId}_0.png`)],
		});
	});

	test('that a proxy compresses arrives intact', async () => {
		const content = Buffer.alloc(30_000, 'sound');
		const proxy = createServer((request, response) => {
			const packs = /gzip/.test(request.headers['accept-encoding'] ?? '');
			const body = packs ? gzipSync(content) : content;
			response.writeHead(200, {
				'content-type': 'audio/wav',
				'content-length': body.length,
				...(packs && { 'content-encoding': 'gzip' }),
			});
			response.end(body);
		}).listen(0, '127.0.0.1');
		await once(proxy, 'listening');
		const { port } = Object(proxy.address());
		session.emulator.state.faults.push({
			path: '/v1/status',
			status: 200,
			body: { status: 'COMPLETED', result: { output: [`http://127.0.0.1:${port}/a.wav`] } },
		});
		const { items } = await session.run(paint);
		proxy.close();
		expect((await bytesOf(items[0])).equals(content)).toBe(true);
	});

	test('is requested without the key', async () => {
		await session.run(paint);
		const downloads = session.emulator.state.requests.filter(({ path }) =>
			path.startsWith('/files/'),
		);
		expect(downloads).toHaveLength(1);
		expect(downloads[0]?.headers.authorization).toBe(false);
	});
});
