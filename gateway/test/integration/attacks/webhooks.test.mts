import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { suiteCleanup } from '../../support/cleanup.mts';
import { otherKey, startTestGateway, type TestGateway } from '../../support/gateway.mts';
import { startReceiver } from '../../support/receiver.mts';

/** The whole test is WEBHOOK_ATTEMPTS=10000. */
const attempts = Number(process.env['WEBHOOK_ATTEMPTS'] ?? 1_200);
const most = 1_000;
const atOnce = 25;

const register = async (
	gateway: TestGateway,
	url_name: string,
	webhook_url: string,
	key?: string,
) => await gateway.call('POST', '/v1/webhook', { url_name, webhook_url }, key);

describe('webhooks without number', () => {
	const cleanup = suiteCleanup();

	it('of a key end at a thousand, and what is registered goes on being told', async () => {
		const gateway = await startTestGateway(cleanup);
		const receiver = await startReceiver(cleanup);
		let next = 0;
		const refusals = new Set<unknown>();
		await Promise.all(
			Array.from({ length: atOnce }, async () => {
				while (next < attempts) {
					const { status, body } = await register(gateway, `n${next++}`, receiver.url);
					if (status !== 200) refusals.add(`${status} ${body.message}`);
				}
			}),
		);
		assert.deepEqual(
			[...refusals],
			['400 Invalid Payload: 1000 webhooks are the most; delete some first'],
		);
		const { body } = await gateway.call('GET', '/v1/webhook');
		assert.ok(Array.isArray(body));
		// Those under way at the same moment may pass together.
		assert.ok(body.length >= most && body.length < most + atOnce, String(body.length));

		// An old one may still be pointed elsewhere, another key has its own, and callbacks go out.
		assert.equal((await register(gateway, 'n5', `${receiver.url}/moved`)).status, 200);
		assert.equal((await register(gateway, 'n5', receiver.url, otherKey)).status, 200);
		const id = await gateway.submit('zephyr-7b-beta', { prompt: 'x' }, '?webhook_url_name=n5');
		await receiver.until((callbacks) =>
			callbacks.some((each) => each.body.process_id === id && each.body.status === 'COMPLETED'),
		);
	});

	it('that hang hold no more than their share of the deliveries', async () => {
		const gateway = await startTestGateway(cleanup);
		const receiver = await startReceiver(cleanup);
		let hanging = 0;
		let mostHanging = 0;
		const sink = fastify();
		sink.get('/', async () => 'ok');
		sink.post('/', async (request) => {
			hanging += 1;
			mostHanging = Math.max(mostHanging, hanging);
			await new Promise((resolve) => request.raw.socket.once('close', resolve));
			hanging -= 1;
		});
		const url = await sink.listen({ host: '127.0.0.1', port: 0 });
		cleanup.after(async () => {
			sink.server.closeAllConnections();
			await sink.close();
		});
		await register(gateway, 'hangs', url);
		await register(gateway, 'reads', receiver.url, otherKey);
		for (let count = 0; count < 50; count += 1) {
			await gateway.submit('zephyr-7b-beta', { prompt: 'x' }, '?webhook_url_name=hangs');
		}
		await gateway.call(
			'POST',
			'/v1/generate/zephyr-7b-beta?webhook_url_name=reads',
			{ prompt: 'x' },
			otherKey,
		);
		await receiver.until((callbacks) => callbacks.some(({ body }) => body.status === 'COMPLETED'));
		assert.ok(mostHanging > 0 && mostHanging <= 4, String(mostHanging));
	});
});
