import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../support/gateway.mts';
import { startStandInEngine, type StandInEngine } from '../support/stand-in-engine.mts';

describe('how jobs run', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let engine: StandInEngine;
	let busy: StandInEngine;

	before(async () => {
		engine = await startStandInEngine(cleanup);
		busy = await startStandInEngine(cleanup);
		const driver = 'openai-chat';
		gateway = await startTestGateway(cleanup, {
			config: {
				engines: {
					llm: { driver, url: engine.url, model: 'stand-in', slots: 2 },
					slow: { driver, url: engine.url, model: 'stand-in', deadline: '1s' },
					emulated: { driver: 'emulated' },
					gpuA: { driver, url: busy.url, model: 'stand-in', group: 'gpu' },
					gpuB: { driver, url: busy.url, model: 'stand-in', group: 'gpu' },
				},
				models: {
					'zephyr-7b-beta': { engine: 'llm' },
					'flan-T5': { engine: 'slow' },
					'mpt-7b-instruct': { engine: 'gpuA' },
					'llama2-7b-chat': { engine: 'gpuB' },
					whisper: { engine: 'emulated' },
					'my-model': { engine: 'llm', family: 'text', label: 'Mine' },
				},
			},
		});
	});

	const run = async (model: string, prompt: string) =>
		await gateway.result(await gateway.submit(model, { prompt }));

	it("gives the engine's text", async () => {
		const ended = await run('zephyr-7b-beta', 'one');
		const { process_id } = ended;
		assert.deepEqual(ended, {
			...{ process_id, status: 'COMPLETED', result: { text: 'echo one' } },
			...{ credit_used: 0, overage: 0 },
		});
	});

	it('serves a model that only the configuration knows', async () => {
		assert.equal((await run('my-model', 'mine')).result?.text, 'echo mine');
	});

	it("ends a job with the engine's words when the engine refuses it, after one try", async () => {
		engine.answer = () => ({ status: 400, text: 'prompt is too long for this model' });
		const tries = engine.prompts.length;
		const ended = await run('zephyr-7b-beta', 'long');
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /prompt is too long for this model/);
		// Credits are said of completed jobs only.
		assert.deepEqual(Object.keys(ended), ['process_id', 'status', 'result']);
		assert.equal(engine.prompts.length - tries, 1);
	});

	it('waits for an engine that is not ready, without using up attempts', async () => {
		let refusals = 0;
		engine.answer = (prompt) => {
			refusals += 1;
			// More than the attempts that a failing engine gets.
			return refusals <= 4
				? { status: 503, text: 'Loading model', headers: { 'retry-after': '0' } }
				: { text: `echo ${prompt}` };
		};
		const ended = await run('zephyr-7b-beta', 'patient');
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.equal(ended.status, 'COMPLETED', JSON.stringify(ended));
		assert.equal(ended.result?.text, 'echo patient');
		assert.equal(refusals, 5);
	});

	it('shows a waiting job as IN_QUEUE and lets one try at a time through to the engine', async () => {
		let ready = false;
		let tries = 0;
		engine.answer = (prompt) => {
			tries += 1;
			return ready ? { text: `echo ${prompt}` } : { status: 503, text: 'busy' };
		};
		const ids = await Promise.all(
			['a', 'b', 'c', 'd', 'e', 'f'].map((prompt) => gateway.submit('zephyr-7b-beta', { prompt })),
		);
		await until(async () => {
			const { body } = await gateway.call('GET', `/v1/status/${ids[5]}`);
			return tries >= 2 && body['status'] === 'IN_QUEUE';
		});
		// Two slots could try before the circuit opened, then single probes.
		assert.ok(tries <= 6, `${tries} tries`);
		ready = true;
		const ended = await Promise.all(ids.map((id) => gateway.result(id)));
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.deepEqual(
			ended.map(({ result }) => result?.text),
			['a', 'b', 'c', 'd', 'e', 'f'].map((p) => `echo ${p}`),
		);
	});

	it('tries a job three times when the engine fails', async () => {
		engine.answer = () => ({ status: 500, text: 'CUDA error' });
		const tries = engine.prompts.length;
		const ended = await run('zephyr-7b-beta', 'doomed');
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /CUDA error/);
		assert.equal(engine.prompts.length - tries, 3);
	});

	it('ends a job at the deadline of its engine', async () => {
		engine.answer = async () => {
			await sleep(3_000);
			return { text: 'too late' };
		};
		const ended = await run('flan-T5', 'slow');
		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /deadline of 1 s/);
	});

	it('never runs two engines of a group together', async () => {
		busy.answer = async (prompt) => {
			await sleep(50);
			return { text: prompt };
		};
		const ids = await Promise.all(
			[1, 2, 3].flatMap((n) => [
				gateway.submit('mpt-7b-instruct', { prompt: `a${n}` }),
				gateway.submit('llama2-7b-chat', { prompt: `b${n}` }),
			]),
		);
		for (const id of ids) assert.equal((await gateway.result(id)).status, 'COMPLETED');
		assert.equal(busy.prompts.length, 6);
		assert.equal(busy.maxConcurrent(), 1);
	});

	it('says why an input file could not be fetched', async () => {
		const id = await gateway.submit('whisper', { file: 'http://127.0.0.1:1/talk.wav' });
		const ended = await gateway.result(id);
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /input file cannot be fetched.*ECONNREFUSED/);
	});
});

describe('jobs and a restart', () => {
	const cleanup = suiteCleanup();

	it('keeps results, finishes what was waiting, and moves jobs of renamed engines', async () => {
		const engine = await startStandInEngine(cleanup);
		engine.answer = (prompt) =>
			prompt === 'before'
				? { text: 'done' }
				: { status: 503, text: 'not yet', headers: { 'retry-after': '600' } };
		const config = (name: string) => ({
			engines: { [name]: { driver: 'openai-chat', url: engine.url, model: 'stand-in' } },
			models: { 'zephyr-7b-beta': { engine: name } },
		});
		const first = await startTestGateway(cleanup, { config: config('old'), keepData: true });
		const before = await first.submit('zephyr-7b-beta', { prompt: 'before' });
		await first.result(before);
		const waiting = await first.submit('zephyr-7b-beta', { prompt: 'waiting' });
		await until(() => engine.prompts.includes('waiting'));
		await first.stop();

		engine.answer = (prompt) => ({ text: `echo ${prompt}` });
		const second = await startTestGateway(cleanup, { config: config('new'), data: first.data });
		assert.equal((await second.result(before)).result?.text, 'done');
		// The engine has asked for ten minutes, but that was before the restart.
		assert.equal((await second.result(waiting)).result?.text, 'echo waiting');
	});
});

async function until(
	condition: () => boolean | Promise<boolean>,
	timeoutMs = 30_000,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await condition())) {
		if (Date.now() > deadline) throw new Error('Not in time');
		await sleep(20);
	}
}
