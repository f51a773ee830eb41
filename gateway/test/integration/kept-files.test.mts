import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway } from '../support/gateway.mts';

/** Several times the buffer that it is sent with, and an odd rest. */
const content = randomBytes(3_000_001);

describe('a file that is kept', () => {
	const cleanup = suiteCleanup();
	let url = '';
	before(async () => {
		const gateway = await startTestGateway(cleanup);
		const { body } = await gateway.call('GET', '/v1/upload?filename=talk.wav');
		const put = await fetch(String(body['upload_url']), { method: 'PUT', body: content });
		assert.equal(put.status, 200);
		url = String(body['download_url']);
	});

	const read = async (init: RequestInit = {}): Promise<{ response: Response; data: Buffer }> => {
		const response = await fetch(url, init);
		return { response, data: Buffer.from(await response.arrayBuffer()) };
	};

	it('comes back byte for byte, and says what it is', async () => {
		const { response, data } = await read();
		assert.equal(response.status, 200);
		assert.ok(data.equals(content));
		assert.equal(response.headers.get('content-length'), String(content.length));
		assert.match(response.headers.get('content-type') ?? '', /^audio\//);
		assert.equal(response.headers.get('accept-ranges'), 'bytes');
		assert.equal(response.headers.get('content-security-policy'), 'sandbox');
		assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
	});

	const ranges: readonly [string, number, number][] = [
		['bytes=0-0', 0, 1],
		['bytes=300000-1900000', 300_000, 1_900_001],
		['bytes=2999999-', 2_999_999, content.length],
		['bytes=-70000', content.length - 70_000, content.length],
	];
	for (const [range, start, end] of ranges) {
		it(`in part: ${range}`, async () => {
			const { response, data } = await read({ headers: { range } });
			assert.equal(response.status, 206);
			assert.equal(
				response.headers.get('content-range'),
				`bytes ${start}-${end - 1}/${content.length}`,
			);
			assert.ok(data.equals(content.subarray(start, end)));
		});
	}

	it('is not there in part beyond its end', async () => {
		const { response } = await read({ headers: { range: 'bytes=3000001-' } });
		assert.equal(response.status, 416);
	});

	it('tells its size to HEAD, and sends nothing to a client that has it', async () => {
		const head = await read({ method: 'HEAD' });
		assert.equal(head.response.status, 200);
		assert.equal(head.response.headers.get('content-length'), String(content.length));
		const etag = head.response.headers.get('etag') ?? '';
		const again = await read({ headers: { 'if-none-match': etag, 'cache-control': '' } });
		assert.equal(again.response.status, 304);
	});

	it(
		'is closed when the client goes away in the middle',
		{ skip: process.platform !== 'linux' },
		async () => {
			const open = (): number =>
				readdirSync('/proc/self/fd').filter((fd) => {
					try {
						return readlinkSync(`/proc/self/fd/${fd}`).endsWith('talk.wav');
					} catch {
						return false;
					}
				}).length;
			await new Promise<void>((resolve, reject) => {
				get(url, (response) => {
					response.once('data', () => {
						response.destroy();
						resolve();
					});
				}).once('error', reject);
			});
			while (open() > 0) await sleep(10);
			const { data } = await read();
			assert.ok(data.equals(content));
		},
	);
});
