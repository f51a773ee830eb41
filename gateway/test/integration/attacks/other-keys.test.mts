import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../../support/cleanup.mts';
import {
	emulateEverything,
	otherKey,
	startTestGateway,
	type TestGateway,
} from '../../support/gateway.mts';
import { startReceiver } from '../../support/receiver.mts';

describe('other keys', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup, {
			config: { ...emulateEverything, allowPrivateAddresses: true },
		});
	});
	const nobodys = '3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42';

	it("cannot read a job's status, nor tell whether it is there", async () => {
		const id = await gateway.submit('zephyr-7b-beta', { prompt: 'x' });
		for (const method of ['GET', 'POST']) {
			const theirs = await gateway.call(method, `/v1/status/${id}`, undefined, otherKey);
			const none = await gateway.call(method, `/v1/status/${nobodys}`, undefined, otherKey);
			assert.equal(theirs.status, 404);
			assert.deepEqual(
				[theirs.status, theirs.body.message?.replace(id, '')],
				[none.status, none.body.message?.replace(nobodys, '')],
			);
		}
	});

	it('cannot use, read, replace or delete a webhook, nor tell whether it is there', async () => {
		const receiver = await startReceiver(cleanup);
		const url = `${receiver.url}/mine`;
		await gateway.call('POST', '/v1/webhook', { url_name: 'mine', webhook_url: url });
		const asOther = async (method: string, path: string, body?: object) =>
			await gateway.call(method, path, body, otherKey);
		assert.equal((await asOther('GET', '/v1/webhook?url_name=mine')).status, 404);
		assert.deepEqual((await asOther('GET', '/v1/webhook')).body, []);
		const job = { prompt: 'x' };
		const generate = '/v1/generate/zephyr-7b-beta?webhook_url_name=';
		const used = await asOther('POST', `${generate}mine`, job);
		const unknown = await asOther('POST', `${generate}none`, job);
		assert.equal(used.status, 400);
		assert.equal(used.body.message, unknown.body.message?.replace('none', 'mine'));
		const theirs = { url_name: 'mine', webhook_url: `${receiver.url}/theirs` };
		assert.equal((await asOther('POST', '/v1/webhook', theirs)).status, 200);
		assert.equal((await asOther('DELETE', '/v1/webhook?url_name=mine')).status, 200);
		const { body } = await gateway.call('GET', '/v1/webhook?url_name=mine');
		assert.deepEqual(body, [{ url_name: 'mine', webhook_url: url }]);
	});

	it('cannot have an uploaded file without its link', async () => {
		const { body } = await gateway.call('GET', '/v1/upload?filename=secret.wav');
		const put = new URL(String(body['upload_url']));
		assert.equal((await fetch(put, { method: 'PUT', body: 'secret' })).status, 200);
		const bare = `${put.origin}${put.pathname}`;
		for (const link of [bare, put.href, `${bare}?expires=9999999999999&signature=`]) {
			assert.equal((await fetch(link)).status, 403, link);
			const job = await gateway.call('POST', '/v1/generate/whisper', { file: link }, otherKey);
			const path = `/v1/status/${job.body.process_id}`;
			let answer = await gateway.call('GET', path, undefined, otherKey);
			while (!/COMPLETED|FAILED/.test(String(answer.body['status']))) {
				answer = await gateway.call('GET', path, undefined, otherKey);
			}
			// The gateway fetches it like any other address, and is refused like anybody else.
			assert.equal(answer.body['status'], 'FAILED');
			assert.match(JSON.stringify(answer.body['result']), /answered 403/);
		}
	});
});

describe('upload links', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});
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
		for (const name of ['expires', 'signature']) {
			const twice = new URL(good);
			twice.searchParams.append(name, 'x');
			assert.equal(await put(twice), 403, `${name} twice`);
		}
		assert.equal(await put(good), 200);
	});

	it('refuse with the XML of S3', async () => {
		const url = await link();
		url.searchParams.set('signature', 'x');
		const response = await fetch(url, { method: 'PUT', body: 'x' });
		assert.match(await response.text(), /<Error><Code>AccessDenied<\/Code>/);
	});
});
