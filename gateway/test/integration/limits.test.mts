import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../support/gateway.mts';
import {
	startStandInEngine,
	type StandInEngine,
	textEngineConfig,
} from '../support/stand-in-engine.mts';

describe('keys and limits', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let engine: StandInEngine;
	const keys = {
		slow: 'key-with-a-rate-limit',
		narrow: 'key-with-two-jobs-at-once',
		some: 'key-for-some-models-only',
	};

	before(async () => {
		engine = await startStandInEngine(cleanup);
		gateway = await startTestGateway(cleanup, {
			config: {
				...textEngineConfig(engine.url),
				keys: [
					{ name: 'slow', key: keys.slow, rpm: 3 },
					{ name: 'narrow', key: keys.narrow, parallel: 2 },
					{ name: 'some', key: keys.some, models: ['whisper'] },
				],
			},
		});
	});

	it('answers 429 with Retry-After beyond the requests per minute', async () => {
		const statuses: number[] = [];
		let retryAfter: string | null = null;
		for (let count = 0; count < 4; count += 1) {
			const answer = await gateway.call('GET', '/v1/models', undefined, keys.slow);
			statuses.push(answer.status);
			retryAfter = answer.headers.get('retry-after');
		}
		assert.deepEqual(statuses, [200, 200, 200, 429]);
		assert.ok(Number(retryAfter) >= 1 && Number(retryAfter) <= 20, String(retryAfter));
	});

	it('answers 429 with Retry-After beyond the unfinished jobs of a key, exactly', async () => {
		let release = (): void => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		engine.answer = async (prompt) => {
			await held;
			return { text: prompt };
		};
		const submit = async () =>
			await gateway.call('POST', '/v1/generate/zephyr-7b-beta', { prompt: 'x' }, keys.narrow);
		const answers = await Promise.all([submit(), submit(), submit(), submit()]);
		assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 429, 429]);
		assert.ok(answers.find(({ status }) => status === 429)?.headers.get('retry-after'));
		release();
		for (const { body } of answers.filter(({ status }) => status === 200)) {
			for (;;) {
				const status = await gateway.call(
					'GET',
					`/v1/status/${body.process_id}`,
					undefined,
					keys.narrow,
				);
				if (status.body['status'] === 'COMPLETED') break;
			}
		}
		assert.equal((await submit()).status, 200);
	});

	it('keeps a key to its models', async () => {
		const answer = await gateway.call(
			'POST',
			'/v1/generate/zephyr-7b-beta',
			{ prompt: 'x' },
			keys.some,
		);
		assert.equal(answer.status, 403);
		const chat = await gateway.call(
			'POST',
			'/v1/chat/completions',
			{ model: 'zephyr-7b-beta', messages: [] },
			keys.some,
		);
		assert.equal(chat.status, 403);
		assert.deepEqual(
			(await gateway.call('GET', '/v1/models', undefined, keys.some)).body['data'],
			[],
		);
	});
});

describe('the generated key', () => {
	const cleanup = suiteCleanup();

	it('is told once and holds after a restart', async () => {
		const first = await startTestGateway(cleanup, { config: { keys: undefined }, keepData: true });
		const key = first.gateway.newKey;
		assert.match(String(key), /^mgw-[\w-]{32}$/);
		await first.stop();
		const second = await startTestGateway(cleanup, {
			config: { keys: undefined },
			data: first.data,
		});
		assert.equal(second.gateway.newKey, undefined);
		assert.equal((await second.call('GET', '/v1/models', undefined, key)).status, 200);
		assert.equal((await second.call('GET', '/v1/models', undefined, 'another-key')).status, 401);
	});

	it('is replaced when that is asked for, and the old one holds no more', async () => {
		const config = { keys: undefined };
		const first = await startTestGateway(cleanup, { config, keepData: true });
		const old = first.gateway.newKey;
		await first.stop();
		const second = await startTestGateway(cleanup, { config, data: first.data, renewKey: true });
		const { newKey } = second.gateway;
		assert.ok(newKey !== undefined && newKey !== old);
		assert.equal((await second.call('GET', '/v1/models', undefined, newKey)).status, 200);
		assert.equal((await second.call('GET', '/v1/models', undefined, old)).status, 401);
		assert.ok(!second.logLines.join('').includes(newKey));
	});
});

describe("OpenAI's paths", () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let engine: StandInEngine;
	before(async () => {
		engine = await startStandInEngine(cleanup);
		gateway = await startTestGateway(cleanup, { config: textEngineConfig(engine.url) });
	});

	it('are passed through to the engine of the model', async () => {
		const { status, body } = await gateway.call('POST', '/v1/chat/completions', {
			model: 'zephyr-7b-beta',
			messages: [{ role: 'user', content: 'hello' }],
		});
		assert.equal(status, 200);
		assert.deepEqual(body['choices'], [{ message: { role: 'assistant', content: 'echo hello' } }]);
	});

	it('are found by the name that the engine has for its model, completions too', async () => {
		const own = await startTestGateway(cleanup, {
			config: {
				...textEngineConfig(engine.url),
				models: { 'zephyr-7b-beta': { engine: 'llm', model: 'stand-in' } },
			},
		});
		const { status, body } = await own.call('POST', '/v1/completions', {
			model: 'stand-in',
			prompt: 'once',
		});
		assert.deepEqual([status, body['choices']], [200, [{ text: 'echo once' }]]);
	});

	it('say which engine cannot be reached', async () => {
		const away = await startTestGateway(cleanup, {
			config: textEngineConfig('http://127.0.0.1:1/v1'),
		});
		const { status, body } = await away.call('POST', '/v1/chat/completions', {
			model: 'zephyr-7b-beta',
			messages: [],
		});
		assert.equal(status, 502);
		assert.match(String(body.message), /engine 'llm' cannot be reached at http:\/\/127\.0\.0\.1:1/);
	});

	it('stream', async () => {
		const { headers, body } = await gateway.call('POST', '/v1/chat/completions', {
			model: 'zephyr-7b-beta',
			stream: true,
			messages: [{ role: 'user', content: 'hello' }],
		});
		assert.match(String(headers.get('content-type')), /text\/event-stream/);
		assert.match(String(body['text']), /echo hello[^]*\[DONE\]/);
	});

	it("give the engine's errors as they are", async () => {
		engine.answer = () => ({ status: 400, text: 'too many tokens' });
		const { status, body } = await gateway.call('POST', '/v1/chat/completions', {
			model: 'zephyr-7b-beta',
			messages: [{ role: 'user', content: 'x' }],
		});
		engine.answer = (prompt) => ({ text: prompt });
		assert.deepEqual([status, body], [400, { error: { message: 'too many tokens' } }]);
	});

	it('refuse a model that is not configured', async () => {
		const answer = await gateway.call('POST', '/v1/chat/completions', {
			model: 'gpt-4',
			messages: [],
		});
		assert.equal(answer.status, 404);
	});

	for (const path of ['generate/MPT-30b-instruct', 'chat/completions']) {
		it(`/v1/${path}: say that one of MonsterAPI's models has no engine`, async () => {
			const body = { model: 'mpt-30b-instruct', messages: [], prompt: 'x' };
			const answer = await gateway.call('POST', `/v1/${path}`, body);
			const message =
				"No engine answers 'mpt-30b-instruct': add models.mpt-30b-instruct.engine to gateway.yaml";
			assert.deepEqual([answer.status, answer.body.message], [404, message]);
		});
	}
});
