import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { suiteCleanup } from '../../support/cleanup.mts';
import { startTestGateway, type TestGateway, testKey } from '../../support/gateway.mts';
import { drip } from '../../support/raw-http.mts';

describe('slow clients', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup, {
			timeouts: { headMs: 1_000, bodyMs: 1_000, stallMs: 500 },
		});
	});

	const post = (path: string, headers: string) =>
		`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n${headers}\r\n`;
	const key = `authorization: Bearer ${testKey}\r\n`;
	const json = 'content-type: application/json\r\n';
	const upload = async (): Promise<{ put: URL; get: string }> => {
		const { body } = await gateway.call('GET', '/v1/upload?filename=a.wav');
		return { put: new URL(String(body['upload_url'])), get: String(body['download_url']) };
	};
	const putHead = ({ pathname, search }: URL) =>
		`PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nabc`;
	const inputs = (): string[] => {
		const folder = join(gateway.data, 'files/inputs');
		return existsSync(folder) ? readdirSync(folder) : [];
	};
	const until = async (condition: () => boolean): Promise<void> => {
		for (let tries = 0; !condition() && tries < 500; tries += 1) await sleep(20);
		assert.ok(condition());
	};

	it('with a head are cut off', async () => {
		assert.match(await drip(gateway.url, 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: '), /408|^$/);
	});

	it('with a body are cut off, of JSON and of a form', async () => {
		assert.equal(await drip(gateway.url, post('/v1/generate/txt2img', key + json)), '');
		const form = 'content-type: multipart/form-data; boundary=b\r\n';
		const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF';
		await drip(gateway.url, post('/v1/generate/whisper', key + form) + part);
		// Nothing is left of the file that was on its way.
		await until(() => inputs().length === 0);
	});

	it('are cut off although they have had their answer already', async () => {
		const refused = await drip(gateway.url, post('/v1/generate/txt2img', json));
		assert.match(refused, /^HTTP\/1\.1 401/);
		await drip(gateway.url, post('/nothing', json));
		const { put } = await upload();
		put.searchParams.set('signature', 'x');
		assert.match(await drip(gateway.url, putHead(put)), /^HTTP\/1\.1 403/);
	});

	it('with an upload are cut off, be it that they stand still or crawl', async () => {
		for (const intervalMs of [0, 20]) {
			assert.equal(await drip(gateway.url, putHead((await upload()).put), { intervalMs }), '');
		}
	});

	it('with an upload that goes on may take longer than other bodies', async () => {
		const { put, get } = await upload();
		const chunk = new Uint8Array(70_000);
		const body = new ReadableStream({
			async pull(controller) {
				await sleep(100);
				sent += chunk.length;
				if (sent > 20 * chunk.length) controller.close();
				else controller.enqueue(chunk);
			},
		});
		let sent = 0;
		const answer = await fetch(put, { method: 'PUT', body, duplex: 'half' });
		assert.equal(answer.status, 200);
		assert.equal((await (await fetch(get)).arrayBuffer()).byteLength, 20 * chunk.length);
	});

	it('that do not read a file are cut off', async () => {
		const { put, get } = await upload();
		// More than all buffers on the way.
		const body = new Uint8Array(64 * 1024 * 1024);
		assert.equal((await fetch(put, { method: 'PUT', body })).status, 200);
		const { pathname, search } = new URL(get);
		await new Promise<void>((resolve) => {
			const socket = connect(Number(put.port), '127.0.0.1', () =>
				socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: x\r\n\r\n`),
			);
			socket.on('error', () => {});
			socket.once('close', () => resolve());
			socket.once('readable', () => {
				const read = setInterval(() => {
					socket.read(1);
					if (!hasOpenTransfer()) {
						clearInterval(read);
						socket.destroy();
					}
				}, 100);
			});
			const hasOpenTransfer = (): boolean => openFiles().some((path) => path.endsWith('a.wav'));
		});
		assert.ok(!openFiles().some((path) => path.endsWith('a.wav')));
	});

	it('leave nothing behind of a broken upload', async () => {
		const { put } = await upload();
		await new Promise<void>((resolve) => {
			const socket = connect(Number(put.port), '127.0.0.1', () => {
				socket.write(putHead(put));
				setTimeout(() => {
					socket.destroy();
					resolve();
				}, 200);
			});
		});
		const folder = join(gateway.data, 'files/uploads', put.pathname.split('/')[3] ?? '');
		await until(() => !existsSync(folder) || readdirSync(folder).length === 0);
	});
});

/** Of this process, in which the gateway runs; Linux only. */
function openFiles(): string[] {
	return readdirSync('/proc/self/fd').flatMap((fd) => {
		try {
			return [readlinkSync(`/proc/self/fd/${fd}`)];
		} catch {
			return [];
		}
	});
}
