import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../support/cleanup.mts';
import { otherKey, startTestGateway, type TestGateway } from '../support/gateway.mts';
import { type Receiver, startReceiver } from '../support/receiver.mts';
import {
	startStandInEngine,
	type StandInEngine,
	textEngineConfig,
} from '../support/stand-in-engine.mts';

describe('callbacks', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let engine: StandInEngine;
	let receiver: Receiver;

	before(async () => {
		engine = await startStandInEngine(cleanup);
		receiver = await startReceiver(cleanup);
		gateway = await startTestGateway(cleanup, { config: textEngineConfig(engine.url) });
	});

	const register = async (url_name: string, webhook_url: string, key?: string) =>
		await gateway.call('POST', '/v1/webhook', { url_name, webhook_url }, key);

	const submit = async (name: string, prompt = 'hello') =>
		await gateway.submit('zephyr-7b-beta', { prompt }, `?webhook_url_name=${name}`);

	const of = (id: string) => receiver.callbacks.filter(({ body }) => body.process_id === id);

	const delivered = async (id: string, status: string) =>
		await receiver.until(() =>
			of(id).some((each) => each.answered === 200 && each.body.status === status),
		);

	it('tries a URL before it is registered', async () => {
		const answer = await register('tried', `${receiver.url}/tried?token=1`);
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
		assert.equal(answer.body.message, 'Webhook Registered Successfully');
		assert.ok(receiver.probes.includes('/tried?token=1'));
	});

	it('answers 408 when the URL cannot be reached, and registers nothing', async () => {
		assert.equal((await register('closed', 'http://127.0.0.1:1/')).status, 408);
		assert.equal((await gateway.call('GET', '/v1/webhook?url_name=closed')).status, 404);
	});

	it('lists, replaces and deletes', async () => {
		await register('mine', `${receiver.url}/one`);
		await register('mine', `${receiver.url}/two`);
		const one = await gateway.call('GET', '/v1/webhook?url_name=mine');
		assert.deepEqual(one.body, [{ url_name: 'mine', webhook_url: `${receiver.url}/two` }]);
		for (let times = 0; times < 2; times += 1) {
			const gone = await gateway.call('DELETE', '/v1/webhook?url_name=mine');
			assert.deepEqual([gone.status, gone.body.message], [200, 'Webhook Deleted Successfully']);
		}
		assert.equal((await gateway.call('GET', '/v1/webhook?url_name=mine')).status, 404);
	});

	it('does not repeat a URL, which may have a token in it, when it accepts a job', async () => {
		await register('secret', `${receiver.url}/hook?token=abc`);
		const path = '/v1/generate/zephyr-7b-beta?webhook_url_name=secret';
		const { body } = await gateway.call('POST', path, { prompt: 'x' });
		assert.deepEqual([body['callback_url'], body['webhook_url']], ['', '']);
	});

	it('keeps the webhooks of keys apart', async () => {
		await register('shared-name', `${receiver.url}/first`);
		assert.deepEqual((await gateway.call('GET', '/v1/webhook', undefined, otherKey)).body, []);
		await gateway.call('DELETE', '/v1/webhook?url_name=shared-name', undefined, otherKey);
		assert.equal((await gateway.call('GET', '/v1/webhook?url_name=shared-name')).status, 200);
		const used = await gateway.call(
			'POST',
			'/v1/generate/zephyr-7b-beta?webhook_url_name=shared-name',
			{ prompt: 'x' },
			otherKey,
		);
		assert.equal(used.status, 400);
	});

	it('tells every change of status in order, with the result at the end', async () => {
		await register('order', `${receiver.url}/order`);
		const id = await submit('order', 'tell me');
		await delivered(id, 'COMPLETED');
		assert.deepEqual(
			of(id).map(({ body }) => body),
			[
				{ process_id: id, model_name: 'zephyr-7b-beta', status: 'IN_QUEUE' },
				{ process_id: id, model_name: 'zephyr-7b-beta', status: 'IN_PROGRESS' },
				{
					process_id: id,
					model_name: 'zephyr-7b-beta',
					status: 'COMPLETED',
					result: { text: 'echo tell me' },
				},
			],
		);
	});

	it('tells why a job failed', async () => {
		engine.answer = () => ({ status: 400, text: 'no such thing' });
		const id = await submit('order');
		await delivered(id, 'FAILED');
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.match(String(of(id).at(-1)?.body.result?.['errorMessage']), /no such thing/);
	});

	it('tries again until the receiver has it, keeping the order and the delivery id', async () => {
		const seen = receiver.callbacks.length;
		receiver.answer = (count) => (count - seen <= 2 ? 503 : 200);
		const id = await submit('order');
		await delivered(id, 'COMPLETED');
		receiver.answer = () => 200;
		const statuses = of(id).map(({ body }) => body.status);
		assert.deepEqual(statuses, ['IN_QUEUE', 'IN_QUEUE', 'IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
		const [first, second, third, ...rest] = of(id);
		assert.deepEqual([first?.attempt, second?.attempt, third?.attempt], [1, 2, 3]);
		assert.equal(new Set([first?.deliveryId, second?.deliveryId, third?.deliveryId]).size, 1);
		assert.equal(new Set([first, ...rest].map((each) => each?.deliveryId)).size, 3);
	});

	it('does not follow redirects', async () => {
		const seen = receiver.callbacks.length;
		receiver.answer = (count) => (count - seen === 1 ? 302 : 200);
		const id = await submit('order');
		await delivered(id, 'COMPLETED');
		receiver.answer = () => 200;
		assert.deepEqual(
			of(id).map(({ answered }) => answered),
			[302, 200, 200, 200],
		);
	});

	it('gives up when the receiver says that it is gone for good', async () => {
		receiver.answer = () => 410;
		const id = await submit('order');
		await receiver.until(() => of(id).length === 3);
		receiver.answer = () => 200;
		assert.deepEqual(
			of(id).map(({ attempt }) => attempt),
			[1, 1, 1],
		);
	});
});

describe('callbacks that nobody takes', () => {
	const cleanup = suiteCleanup();

	it('are given up after a day', async (test) => {
		const receiver = await startReceiver(cleanup);
		const gateway = await startTestGateway(cleanup);
		await gateway.call('POST', '/v1/webhook', { url_name: 'w', webhook_url: receiver.url });
		receiver.answer = () => 503;
		const givenUp = () => gateway.logs.filter(({ msg }) => msg === 'callback given up');
		const id = await gateway.submit('zephyr-7b-beta', { prompt: 'x' }, '?webhook_url_name=w');
		await receiver.until((callbacks) => callbacks.some(({ attempt }) => attempt === 2));
		assert.deepEqual(givenUp(), []);
		test.mock.timers.enable({ apis: ['Date'], now: Date.now() + 24 * 3_600_000 });
		await receiver.until(() => givenUp().length === 3);
		assert.ok(givenUp().every((entry) => entry['processId'] === id));
		assert.deepEqual(
			givenUp().map(({ status }) => status),
			['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'],
		);
	});
});

describe('callbacks and a restart', () => {
	const cleanup = suiteCleanup();

	it('are delivered by the next process', async () => {
		const engine = await startStandInEngine(cleanup);
		const receiver = await startReceiver(cleanup);
		const config = textEngineConfig(engine.url);
		const first = await startTestGateway(cleanup, { config, keepData: true });
		await first.call('POST', '/v1/webhook', { url_name: 'w', webhook_url: receiver.url });
		receiver.answer = () => 503;
		const id = await first.submit('zephyr-7b-beta', { prompt: 'x' }, '?webhook_url_name=w');
		await first.result(id);
		await receiver.until((callbacks) => callbacks.length > 0);
		await first.stop();
		receiver.answer = () => 200;
		await startTestGateway(cleanup, { config, data: first.data });
		await receiver.until((callbacks) => callbacks.some(({ body }) => body.status === 'COMPLETED'));
		const taken = receiver.callbacks.filter(({ answered }) => answered === 200);
		assert.deepEqual(
			taken.map(({ body }) => body.status),
			['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'],
		);
	});
});
