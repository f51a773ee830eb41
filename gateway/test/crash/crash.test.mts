import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, GatewayProcess } from '../support/gateway-process.mts';
import { testKey } from '../support/gateway.mts';
import { assertAllCompleted, assertCallbacks, submitAll } from '../support/load.mts';
import { randomFrom } from '../support/random.mts';
import { startReceiver } from '../support/receiver.mts';
import { startStandInEngine, textEngineConfig } from '../support/stand-in-engine.mts';
import { newDataFolder } from '../support/store-template.mts';

/** The whole test is CRASH_JOBS=200 CRASH_KILLS=20. */
const jobCount = Number(process.env['CRASH_JOBS'] ?? 40);
const killCount = Number(process.env['CRASH_KILLS'] ?? 4);
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

it(`loses no accepted job of ${jobCount} in ${killCount} kills (seed ${seed})`, async (test) => {
	const random = randomFrom(seed);
	const engine = await startStandInEngine(test);
	engine.answer = async (prompt) => {
		await sleep(20 + random() * 200);
		return { text: `echo ${prompt}` };
	};
	const receiver = await startReceiver(test);
	const folder = await newDataFolder();
	test.after(() => rmSync(folder, { recursive: true, force: true }));
	const config = {
		keys: [{ name: 'crash', key: testKey }],
		...textEngineConfig(engine.url, { slots: 4 }),
	};
	const gateway = new GatewayProcess(test, folder, config, await freePort());
	gateway.start();
	await gateway.ready();
	const registered = await fetch(`${gateway.url}/v1/webhook`, {
		method: 'POST',
		headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
		body: JSON.stringify({ url_name: 'crash', webhook_url: receiver.url }),
	});
	assert.equal(registered.status, 200);

	let rounds = 1;
	const kills = (async () => {
		const startsMs: number[] = [];
		for (let kill = 0; kill < killCount; kill += 1) {
			// Sometimes while it starts, mostly while it works.
			if (random() < 0.2) {
				await sleep(random() * 2_000);
			} else {
				await gateway.ready();
				await sleep(random() * 1_000);
			}
			await gateway.kill();
			const startMs = performance.now();
			gateway.start();
			if (random() < 0.7) {
				await gateway.ready();
				startsMs.push(Math.round(performance.now() - startMs));
			}
			rounds += 1;
		}
		return startsMs;
	})();
	// A share for each kill, so that there is always something under way.
	const jobs = await submitAll([gateway.url], jobCount, 4, {
		mayStart: (number) => number < (jobCount * rounds) / (killCount + 1),
	});
	const startsMs = await kills;
	await gateway.ready();
	assert.equal(jobs.length, jobCount);
	await assertAllCompleted([gateway.url], jobs, 180_000);
	await receiver.until((callbacks) => {
		const ended = new Set(
			callbacks
				.filter(({ body }) => body.status === 'COMPLETED')
				.map(({ body }) => body.process_id),
		);
		return jobs.every(({ processId }) => ended.has(processId));
	}, 120_000);
	const repeated = assertCallbacks(receiver, jobs);
	assert.ok(repeated <= killCount * 32, `${repeated} repeated deliveries`);
	const runs = engine.prompts.length;
	test.diagnostic(
		`starts took ${startsMs.join(', ')} ms; ${runs} runs for ${jobCount} jobs; ${repeated} repeated deliveries`,
	);
});
