import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../support/gateway.mts';
import { startStandInEngine, type StandInEngine } from '../support/stand-in-engine.mts';

describe('the health of engines', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let well: StandInEngine;
	let away: StandInEngine;

	before(async () => {
		well = await startStandInEngine(cleanup);
		away = await startStandInEngine(cleanup);
		const driver = 'openai-chat';
		const engine = (url: string, group?: string) => ({
			...{ driver, url, model: 'stand-in' },
			...(group === undefined ? { slots: 3 } : { group }),
		});
		gateway = await startTestGateway(cleanup, {
			config: {
				engines: {
					well: engine(well.url),
					away: engine(away.url),
					groupWell: engine(well.url, 'gpu'),
					groupAway: engine(away.url, 'gpu'),
				},
				models: {
					'zephyr-7b-beta': { engine: 'well' },
					'flan-T5': { engine: 'away' },
					'mpt-7b-instruct': { engine: 'groupWell' },
					'llama2-7b-chat': { engine: 'groupAway' },
				},
			},
		});
	});

	const metrics = async (): Promise<string> => await (await fetch(`${gateway.url}/metrics`)).text();

	it('runs as many jobs at once as an engine has slots', async () => {
		well.answer = async (prompt) => {
			await sleep(50);
			return { text: prompt };
		};
		const prompts = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
		const ids = await Promise.all(
			prompts.map((prompt) => gateway.submit('zephyr-7b-beta', { prompt })),
		);
		for (const id of ids) assert.equal((await gateway.result(id)).status, 'COMPLETED');
		assert.equal(well.maxConcurrent(), 3);
	});

	it('keeps jobs from the engine that is not ready, and from no other, of its group neither', async () => {
		away.answer = () => ({
			status: 503,
			text: 'Loading model',
			headers: { 'retry-after': '300' },
		});
		const waiting = [
			await gateway.submit('flan-T5', { prompt: 'waits' }),
			await gateway.submit('llama2-7b-chat', { prompt: 'waits' }),
		];
		while (away.prompts.length < 2) await sleep(20);
		for (const model of ['zephyr-7b-beta', 'mpt-7b-instruct']) {
			const ended = await gateway.result(await gateway.submit(model, { prompt: 'goes on' }));
			assert.equal(ended.status, 'COMPLETED', model);
		}
		for (const id of waiting) {
			const { body } = await gateway.call('GET', `/v1/status/${id}`);
			assert.equal(body['status'], 'IN_QUEUE');
		}
		assert.equal(away.prompts.length, 2, 'it has asked for five minutes');
	});

	it('is measured, jobs by model and state', async () => {
		const text = await metrics();
		for (const line of [
			'gateway_engine_up{engine="well"} 1',
			'gateway_engine_up{engine="away"} 0',
			'gateway_jobs_unfinished{model="flan-T5",state="IN_QUEUE"} 1',
			'gateway_jobs_ended_total{model="zephyr-7b-beta",state="COMPLETED"} 10',
			'gateway_jobs_accepted_total{model="zephyr-7b-beta"} 10',
		]) {
			assert.ok(text.includes(`${line}\n`), line);
		}
	});
});

describe('a stop', () => {
	const cleanup = suiteCleanup();

	it('lets running jobs end for a moment, and leaves the others to the next start', async () => {
		const engine = await startStandInEngine(cleanup);
		let release = (): void => {};
		const released = new Promise<void>((resolve) => (release = resolve));
		engine.answer = async (prompt) => {
			await (prompt === 'short' ? released : new Promise(() => {}));
			return { text: `echo ${prompt}` };
		};
		const config = {
			engines: { llm: { driver: 'openai-chat', url: engine.url, model: 'stand-in', slots: 2 } },
			models: { 'zephyr-7b-beta': { engine: 'llm' } },
		};
		const first = await startTestGateway(cleanup, { config, keepData: true });
		const short = await first.submit('zephyr-7b-beta', { prompt: 'short' });
		const long = await first.submit('zephyr-7b-beta', { prompt: 'long' });
		const next = await first.submit('zephyr-7b-beta', { prompt: 'next' });
		while (engine.running() < 2) await sleep(20);
		const stopped = first.stop();
		release();
		await stopped;
		assert.deepEqual(engine.prompts.toSorted(), ['long', 'short']);

		engine.answer = (prompt) => ({ text: `echo ${prompt} again` });
		const second = await startTestGateway(cleanup, { config, data: first.data });
		const texts = [];
		for (const id of [short, long, next]) texts.push((await second.result(id)).result?.text);
		assert.deepEqual(texts, ['echo short', 'echo long again', 'echo next again']);
	});
});
