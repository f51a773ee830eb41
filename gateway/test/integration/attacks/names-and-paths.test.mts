import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../../support/gateway.mts';
import { rawRequest } from '../../support/raw-http.mts';

describe('folders', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});

	const token = 'AAAAAAAAAAAAAAAAAAAAAAAA';
	const paths = [
		'/files/results/../../store/PG_VERSION',
		'/files/results/%2e%2e/%2e%2e/store/PG_VERSION',
		'/files/results/..%2f..%2fstore/PG_VERSION',
		'/files/results/%252e%252e%252f/PG_VERSION',
		`/files/results/${token}/..%2f..%2f..%2fstore%2fPG_VERSION`,
		`/files/results/${token}/..%252f..%252f..%252fstore%252fPG_VERSION`,
		`/files/results/${token}/%c0%ae%c0%ae%c0%afstore`,
		`/files/results/${token}/..;/PG_VERSION`,
		`/files/results/${token}/%2e%2e`,
		`/files/results/${token}/..`,
		`/files/results/${token}/a%00.png`,
		`/files/results/${token}/a.png%0d%0aSet-Cookie:x`,
		`/files/results/${token}//etc/passwd`,
		'/files/results/..%5c..%5cstore/PG_VERSION',
		'/files/results/C:%5cWindows/win.ini',
		`/files/uploads/${token}/..%2f..%2fstore%2fPG_VERSION?expires=9999999999999&signature=x`,
		'//files/results/../../store/PG_VERSION',
		'http://x/files/results/../../store/PG_VERSION',
	];
	for (const path of paths) {
		it(`are not left by ${path}`, async () => {
			const line = await rawRequest(
				gateway.url,
				`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
			);
			assert.match(line, /^HTTP\/1\.1 (400|403|404)/);
		});
	}

	const names = [
		'../../../evil.png',
		'..\\..\\evil.png',
		'....//....//evil.png',
		'/etc/evil.png',
		'C:\\evil.png',
		'.hidden.png',
		'a\u0000b.png',
		'a\r\nb.png',
		'%2e%2e%2fevil.png',
		'\uff0e\uff0e\uff0fevil.png',
		'\u2025\u2215evil.png',
		'\u202egnp.evil.png',
		'evil.png:stream.png',
		`${'../'.repeat(3_000)}evil.png`,
		`${'a'.repeat(5_000)}.png`,
	];
	for (const name of names) {
		it(`are not left by an upload named ${JSON.stringify(name.slice(0, 40))}`, async () => {
			const { status, body } = await gateway.call(
				'GET',
				`/v1/upload?filename=${encodeURIComponent(name)}`,
			);
			assert.equal(status, 200);
			const link = new URL(String(body['upload_url']));
			assert.match(
				decodeURIComponent(link.pathname),
				/^\/files\/uploads\/[\w-]{32}\/[^./\\:\p{C}][^/\\:\p{C}]{0,119}\.png$/u,
			);
			assert.equal((await fetch(link, { method: 'PUT', body: 'x' })).status, 200);
			assert.equal(await (await fetch(String(body['download_url']))).text(), 'x');
			assert.ok(!existsSync(join(gateway.data, 'evil.png')));
			assert.ok(!existsSync(join(gateway.data, '..', 'evil.png')));
		});
	}

	it('are not left by names in forms', async () => {
		for (const name of ['../../../../evil.wav', '..\\evil.wav', '/tmp/evil.wav']) {
			const form = new FormData();
			form.set('file', new Blob(['RIFF']), name);
			const { status, body } = await gateway.call('POST', '/v1/generate/whisper', form);
			assert.equal(status, 200);
			assert.equal((await gateway.result(String(body.process_id))).status, 'COMPLETED');
			assert.ok(!existsSync(join(gateway.data, 'evil.wav')));
		}
	});

	it('of results have names that nobody can guess, and are not listed', async () => {
		const names = new Set<string>();
		for (let count = 0; count < 3; count += 1) {
			const id = await gateway.submit('txt2img', { prompt: 'x' });
			const [url = ''] = (await gateway.result(id)).result?.output ?? [];
			const [, , , owner = '', name = ''] = new URL(url).pathname.split('/');
			assert.match(owner, /^[\w-]{32}$/);
			assert.equal(name, `${id}_0.png`);
			assert.equal((await fetch(`${gateway.url}/files/results/${owner}/`)).status, 404);
			assert.equal((await fetch(`${gateway.url}/files/results/${token}/${name}`)).status, 404);
			names.add(owner);
		}
		assert.equal(names.size, 3);
		assert.equal((await fetch(`${gateway.url}/files/results/`)).status, 404);
	});
});
