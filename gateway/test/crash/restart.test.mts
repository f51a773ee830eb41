import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, GatewayProcess } from '../support/gateway-process.mts';
import { createClient, testKey } from '../support/gateway.mts';
import { startStandInEngine, textEngineConfig } from '../support/stand-in-engine.mts';
import { newDataFolder } from '../support/store-template.mts';

const maxMs = 5_000;

it('goes on with its work within five seconds of the restart', async (test) => {
	const engine = await startStandInEngine(test);
	const folder = await newDataFolder();
	test.after(() => rmSync(folder, { recursive: true, force: true }));
	const config = {
		keys: [{ name: 'restart', key: testKey }],
		...textEngineConfig(engine.url, { slots: 1 }),
	};
	const gateway = new GatewayProcess(test, folder, config, await freePort());
	gateway.start();
	await gateway.ready();
	const { submit, result } = createClient(gateway.url);
	const answer = engine.answer;
	engine.answer = async () => await new Promise(() => {});
	const ids = [
		await submit('zephyr-7b-beta', { prompt: 'running' }),
		await submit('zephyr-7b-beta', { prompt: 'waiting' }),
	];
	while (engine.prompts.length === 0) await sleep(20);

	await gateway.kill();
	engine.answer = answer;
	engine.prompts.length = 0;
	const startMs = performance.now();
	gateway.start();
	while (!engine.prompts.includes('running') || !engine.prompts.includes('waiting')) {
		assert.ok(performance.now() - startMs < 120_000, `nothing has been run: ${gateway.errors}`);
		await sleep(10);
	}
	const wallMs = performance.now() - startMs;
	const ownMs = wallMs - waitedForProcessorMs(gateway.pid);
	test.diagnostic(`${Math.round(ownMs)} ms, on this machine ${Math.round(wallMs)} ms`);
	assert.ok(ownMs <= maxMs, `${Math.round(ownMs)} ms`);
	await gateway.ready();
	for (const id of ids) assert.equal((await result(id)).status, 'COMPLETED');
});

/** How long a process was ready to run while others had the processor: it is not the gateway that is slow then. */
function waitedForProcessorMs(pid: number | undefined): number {
	if (process.platform !== 'linux') return 0;
	const [, nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
	return Number(nanoseconds) / 1e6;
}
