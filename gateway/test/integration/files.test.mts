import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../support/gateway.mts';

describe('files over HTTP', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let url: string;
	let whole: Buffer;
	before(async () => {
		gateway = await startTestGateway(cleanup);
		const id = await gateway.submit('sunoai-bark', { prompt: 'hello' });
		url = (await gateway.result(id)).result?.output?.[0] ?? '';
		whole = Buffer.from(await (await fetch(url)).arrayBuffer());
	});

	const range = async (value: string, method = 'GET') =>
		await fetch(url, { method, headers: { range: value } });

	it('are given in parts', async () => {
		const parts: [string, number, number][] = [
			['bytes=0-3', 0, 4],
			['bytes=10-', 10, whole.length],
			['bytes=-5', whole.length - 5, whole.length],
			['bytes=4-999999999', 4, whole.length],
		];
		for (const [value, start, end] of parts) {
			const answer = await range(value);
			assert.equal(answer.status, 206, value);
			assert.equal(
				answer.headers.get('content-range'),
				`bytes ${start}-${end - 1}/${whole.length}`,
			);
			const bytes = Buffer.from(await answer.arrayBuffer());
			assert.ok(bytes.equals(whole.subarray(start, end)), value);
		}
	});

	it('refuse a part that they do not have, and send no more than the whole for many', async () => {
		const beyond = await range(`bytes=${whole.length}-`);
		assert.equal(beyond.status, 416);
		assert.equal(beyond.headers.get('content-range'), `bytes */${whole.length}`);
		const many = await range(`bytes=${'0-,'.repeat(500)}0-`);
		assert.ok((await many.arrayBuffer()).byteLength <= whole.length);
	});

	it('tell their size and type by HEAD', async () => {
		const answer = await fetch(url, { method: 'HEAD' });
		assert.equal(answer.status, 200);
		assert.equal(answer.headers.get('content-length'), String(whole.length));
		assert.match(String(answer.headers.get('content-type')), /^audio\/(x-)?wav/);
		assert.equal(answer.headers.get('accept-ranges'), 'bytes');
		assert.equal((await answer.arrayBuffer()).byteLength, 0);
		assert.equal((await range('bytes=0-3', 'HEAD')).headers.get('content-length'), '4');
	});

	it('go on only with the same file', async () => {
		const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
		assert.notEqual(etag, '');
		const resumed = await fetch(url, { headers: { range: 'bytes=4-', 'if-range': etag } });
		assert.equal(resumed.status, 206);
		const other = await fetch(url, { headers: { range: 'bytes=4-', 'if-range': '"other"' } });
		assert.equal(other.status, 200);
	});

	it('run nothing in the name of the gateway', async () => {
		const { body } = await gateway.call('GET', '/v1/upload?filename=page.html');
		const page = '<script>alert(1)</script>';
		await fetch(String(body['upload_url']), { method: 'PUT', body: page });
		const answer = await fetch(String(body['download_url']));
		assert.equal(await answer.text(), page);
		assert.equal(answer.headers.get('content-security-policy'), 'sandbox');
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
	});
});
