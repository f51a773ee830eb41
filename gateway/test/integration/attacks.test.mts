import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fastify from 'fastify';
import { suiteCleanup } from '../support/cleanup.mts';
import {
	emulateEverything,
	otherKey,
	startTestGateway,
	type TestGateway,
	testKey,
} from '../support/gateway.mts';

describe('attacks', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup, {
			config: { ...emulateEverything, allowPrivateAddresses: false },
			timeouts: { bodyMs: 1_000, uploadIdleMs: 500 },
		});
	});

	const port = (): number => Number(new URL(gateway.url).port);

	/** Sends bytes as they are and gives the first line of the answer. */
	const raw = async (request: string): Promise<string> =>
		await new Promise((resolve, reject) => {
			const socket = connect(port(), '127.0.0.1', () => socket.write(request));
			socket.once('data', (data) => {
				resolve(String(data).split('\r\n')[0] ?? '');
				socket.destroy();
			});
			socket.once('error', reject);
			socket.once('close', () => resolve('closed'));
		});

	/** Sends the head, then a byte now and then, and says how that ended. */
	const drip = async (head: string, intervalMs = 100): Promise<string> =>
		await new Promise((resolve) => {
			const socket = connect(port(), '127.0.0.1', () => socket.write(head));
			const timer = intervalMs > 0 ? setInterval(() => socket.write('x'), intervalMs) : undefined;
			socket.on('error', () => {});
			socket.resume().once('close', () => {
				clearInterval(timer);
				resolve('cut off');
			});
		});

	describe('folders', () => {
		const paths = [
			'/files/results/../../store/PG_VERSION',
			'/files/results/%2e%2e/%2e%2e/store/PG_VERSION',
			'/files/results/..%2f..%2fstore/PG_VERSION',
			'/files/results/AAAAAAAAAAAAAAAAAAAAAAAA/..%2f..%2f..%2fstore%2fPG_VERSION',
			'/files/results/AAAAAAAAAAAAAAAAAAAAAAAA/%2e%2e',
			'/files/results/AAAAAAAAAAAAAAAAAAAAAAAA/a%00.png',
			'/files/results/..%5c..%5cstore/PG_VERSION',
		];
		for (const path of paths) {
			it(`are not left by ${path}`, async () => {
				const line = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
				assert.match(line, /^HTTP\/1\.1 (400|403|404)/);
			});
		}

		it('are not left by names of uploads', async () => {
			for (const name of [
				'../../../evil.png',
				'..\\..\\evil.png',
				'/etc/evil.png',
				'.hidden.png',
				'a\u0000b.png',
			]) {
				const { status, body } = await gateway.call(
					'GET',
					`/v1/upload?filename=${encodeURIComponent(name)}`,
				);
				assert.equal(status, 200);
				const link = new URL(String(body['upload_url']));
				assert.match(link.pathname, /^\/files\/uploads\/[\w-]{32}\/[^./][^/\\]*\.png$/);
				assert.equal((await fetch(link, { method: 'PUT', body: 'x' })).status, 200);
			}
			assert.ok(!existsSync(join(gateway.data, 'evil.png')));
			assert.ok(!existsSync(join(gateway.data, '..', 'evil.png')));
		});

		it('are not left by names in forms', async () => {
			const form = new FormData();
			form.set('file', new Blob(['RIFF']), '../../../../evil.wav');
			const { status, body } = await gateway.call('POST', '/v1/generate/whisper', form);
			assert.equal(status, 200);
			assert.equal((await gateway.result(String(body.process_id))).status, 'COMPLETED');
		});
	});

	describe('upload links', () => {
		const link = async (): Promise<URL> =>
			new URL(String((await gateway.call('GET', '/v1/upload?filename=a.wav')).body['upload_url']));

		it('hold for their method, file and time only', async () => {
			const put = async (url: URL) => (await fetch(url, { method: 'PUT', body: 'x' })).status;
			const good = await link();
			assert.equal((await fetch(good)).status, 403, 'GET with the link for PUT');
			const longer = new URL(good);
			longer.searchParams.set('expires', String(Number(good.searchParams.get('expires')) + 1));
			assert.equal(await put(longer), 403);
			const otherName = new URL(good);
			otherName.pathname = otherName.pathname.replace('a.wav', 'b.wav');
			assert.equal(await put(otherName), 403);
			const unsigned = new URL(good);
			unsigned.searchParams.delete('signature');
			assert.equal(await put(unsigned), 403);
			for (const expires of ['NaN', '', '1', '9'.repeat(400)]) {
				const strange = new URL(good);
				strange.searchParams.set('expires', expires);
				assert.equal(await put(strange), 403, expires);
			}
			assert.equal(await put(good), 200);
		});

		it('refuse with the XML of S3', async () => {
			const url = await link();
			url.searchParams.set('signature', 'x');
			const response = await fetch(url, { method: 'PUT', body: 'x' });
			assert.match(await response.text(), /<Error><Code>AccessDenied<\/Code>/);
		});

		it('leave nothing behind of a broken transfer', async () => {
			const url = await link();
			await new Promise<void>((resolve) => {
				const socket = connect(port(), '127.0.0.1', () => {
					socket.write(
						`PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nabc`,
					);
					setTimeout(() => {
						socket.destroy();
						resolve();
					}, 200);
				});
			});
			const folder = join(gateway.data, 'files/uploads', url.pathname.split('/')[3] ?? '');
			for (
				let tries = 0;
				tries < 100 && existsSync(folder) && readdirSync(folder).length > 0;
				tries += 1
			) {
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
		});
	});

	describe('addresses that clients name', () => {
		const spellings = [
			'http://127.0.0.1/a.wav',
			'http://127.1/a.wav',
			'http://2130706433/a.wav',
			'http://0x7f000001/a.wav',
			'http://0177.0.0.1/a.wav',
			'http://localhost/a.wav',
			'http://LOCALHOST./a.wav',
			'http://[::1]/a.wav',
			'http://[::ffff:127.0.0.1]/a.wav',
			'http://[::ffff:7f00:1]/a.wav',
			'http://[64:ff9b::7f00:1]/a.wav',
			'http://[2002:7f00:1::]/a.wav',
			'http://0.0.0.0/a.wav',
			'http://0/a.wav',
			'http://[::]/a.wav',
			'http://10.0.0.1/a.wav',
			'http://172.16.0.1/a.wav',
			'http://192.168.1.1/a.wav',
			'http://100.64.0.1/a.wav',
			'http://169.254.169.254/a.wav',
			'http://[fe80::1]/a.wav',
			'http://[fd00:ec2::254]/a.wav',
			'http://[fc00::1]/a.wav',
			'http://224.0.0.1/a.wav',
			'http://255.255.255.255/a.wav',
			'http://user:pass@example.org/a.wav',
		];
		for (const url of spellings) {
			it(`${url} is not contacted, as a webhook or as a file`, async () => {
				const webhook = await gateway.call('POST', '/v1/webhook', {
					url_name: 'x',
					webhook_url: url,
				});
				assert.equal(webhook.status, 400, JSON.stringify(webhook.body));
				const ended = await gateway.result(await gateway.submit('whisper', { file: url }));
				assert.equal(ended.status, 'FAILED');
				assert.match(String(ended.result?.errorMessage), /address|not supported/);
			});
		}

		it('other protocols are refused', async () => {
			for (const url of [
				'file:///etc/passwd',
				'ftp://example.org/a.wav',
				'gopher://127.0.0.1/',
				'data:audio/wav;base64,AA==',
			]) {
				assert.equal(
					(await gateway.call('POST', '/v1/generate/whisper', { file: url })).status,
					400,
					url,
				);
				const webhook = await gateway.call('POST', '/v1/webhook', {
					url_name: 'x',
					webhook_url: url,
				});
				assert.equal(webhook.status, 400, url);
			}
		});
	});

	describe('other keys', () => {
		it("cannot read a job's status, nor tell whether it is there", async () => {
			const id = await gateway.submit('zephyr-7b-beta', { prompt: 'x' });
			const theirs = await gateway.call('GET', `/v1/status/${id}`, undefined, otherKey);
			const nobodys = await gateway.call(
				'GET',
				'/v1/status/3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42',
				undefined,
				otherKey,
			);
			assert.deepEqual(
				[theirs.status, theirs.body.message?.replace(id, '')],
				[nobodys.status, nobodys.body.message?.replace('3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42', '')],
			);
		});
	});

	describe('bodies', () => {
		it('over the limit are refused, JSON and files', async () => {
			const json = await gateway.call('POST', '/v1/generate/zephyr-7b-beta', {
				prompt: 'x'.repeat(9_000_000),
			});
			assert.equal(json.status, 413);
			const form = new FormData();
			form.set('file', new Blob([new Uint8Array(8 * 1024 * 1024 + 1)]), 'a.wav');
			const multipart = await gateway.call('POST', '/v1/generate/whisper', form);
			assert.equal(multipart.status, 400);
			assert.match(String(multipart.body.message), /upload link/);
		});

		it('of exactly 8 MiB are taken', async () => {
			const form = new FormData();
			form.set('file', new Blob([new Uint8Array(8 * 1024 * 1024)]), 'a.wav');
			assert.equal((await gateway.call('POST', '/v1/generate/whisper', form)).status, 200);
		});

		it('that are compressed are not unpacked', async () => {
			const response = await fetch(`${gateway.url}/v1/generate/zephyr-7b-beta`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${testKey}`,
					'content-type': 'application/json',
					'content-encoding': 'gzip',
				},
				body: gzipSync(Buffer.from(JSON.stringify({ prompt: 'x'.repeat(1_000_000) }))),
			});
			assert.equal(response.status, 400);
		});

		it('are not read at all without a key', async () => {
			const line = await raw(
				'POST /v1/generate/whisper HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 8000000\r\n\r\n',
			);
			assert.match(line, /401/);
		});

		it('that come too slowly are cut off', async () => {
			const head = `POST /v1/generate/txt2img HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${testKey}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`;
			assert.equal(await drip(head), 'cut off');
		});

		it('of uploads that stand still are cut off', async () => {
			const { body } = await gateway.call('GET', '/v1/upload?filename=a.wav');
			const { pathname, search } = new URL(String(body['upload_url']));
			const head = `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc`;
			assert.equal(await drip(head, 0), 'cut off');
		});

		it('with many fields or reserved names do no harm', async () => {
			const form = new FormData();
			for (let count = 0; count < 200; count += 1) form.set(`field${count}`, 'x');
			assert.equal((await gateway.call('POST', '/v1/generate/txt2img', form)).status, 413);
			const polluted = new FormData();
			polluted.set('__proto__', 'x');
			polluted.set('constructor', 'x');
			polluted.set('prompt', 'x');
			const { status } = await gateway.call('POST', '/v1/generate/txt2img', polluted);
			assert.equal(status, 400);
			const json = await fetch(`${gateway.url}/v1/generate/txt2img`, {
				method: 'POST',
				headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
				body: '{"prompt":"x","__proto__":{"samples":99}}',
			});
			assert.equal(json.status, 400);
		});
	});

	it('a key registers no more than a thousand webhooks', async () => {
		const sink = fastify();
		sink.get('/', async () => 'ok');
		const url = await sink.listen({ host: '127.0.0.1', port: 0 });
		cleanup.after(async () => await sink.close());
		const open = await startTestGateway(cleanup);
		const statuses = new Map<number, number>();
		for (let batch = 0; batch < 42; batch += 1) {
			const answers = await Promise.all(
				Array.from(
					{ length: 25 },
					async (_, index) =>
						(
							await open.call('POST', '/v1/webhook', {
								url_name: `n${batch * 25 + index}`,
								webhook_url: url,
							})
						).status,
				),
			);
			for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
		}
		const { body } = await open.call('GET', '/v1/webhook');
		assert.ok(Array.isArray(body));
		// Those under way at the same moment may pass together.
		assert.ok(body.length >= 1_000 && body.length < 1_025, String(body.length));
		assert.equal(statuses.get(200), body.length);
	});
});
