import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, GatewayProcess } from '../support/gateway-process.mts';
import { testKey } from '../support/gateway.mts';
import { assertAllCompleted, assertCallbacks, submitAll } from '../support/load.mts';
import { postgresPrograms, startPostgres } from '../support/postgres-server.mts';
import { randomFrom } from '../support/random.mts';
import { startReceiver } from '../support/receiver.mts';
import { startStandInEngine, textEngineConfig } from '../support/stand-in-engine.mts';

/** The whole test is CRASH_JOBS=500. */
const jobCount = Number(process.env['CRASH_JOBS'] ?? 120);
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const programs = postgresPrograms();
if (programs === undefined) {
	console.warn(
		'SKIPPED: PostgreSQL is not installed, so nothing is known about several processes. apt-get install postgresql',
	);
}

it(
	`two API processes and three workers, each killed once, end all of ${jobCount} jobs (seed ${seed})`,
	{ skip: programs === undefined ? 'PostgreSQL is not installed' : false },
	async (test) => {
		assert.ok(programs);
		const random = randomFrom(seed);
		const engine = await startStandInEngine(test);
		engine.answer = async (prompt) => {
			await sleep(50 + random() * 250);
			return { text: `echo ${prompt}` };
		};
		const receiver = await startReceiver(test);
		const databaseUrl = await startPostgres(test, programs);
		const folder = mkdtempSync(join(tmpdir(), 'gateway-roles-'));
		test.after(() => rmSync(folder, { recursive: true, force: true }));
		const config = {
			databaseUrl,
			keys: [{ name: 'crash', key: testKey }],
			...textEngineConfig(engine.url, { slots: 6 }),
		};
		const make = async (role: string) =>
			new GatewayProcess(test, folder, config, await freePort(), role);
		const apis = [await make('api'), await make('api')];
		const workers = [await make('worker'), await make('worker'), await make('worker')];
		const all = [...apis, ...workers];
		for (const each of all) each.start();
		await Promise.all(all.map(async (each) => await each.ready()));
		const urls = apis.map(({ url }) => url);
		const registered = await fetch(`${urls[0]}/v1/webhook`, {
			method: 'POST',
			headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
			body: JSON.stringify({ url_name: 'crash', webhook_url: receiver.url }),
		});
		assert.equal(registered.status, 200);

		let rounds = 1;
		const kills = (async () => {
			for (const each of all) {
				while (engine.running() === 0) await sleep(20);
				await sleep(random() * 300);
				await each.kill();
				await sleep(random() * 1_000);
				each.start();
				await each.ready();
				rounds += 1;
			}
		})();
		// A share for each kill, so that each one finds something under way.
		const jobs = await submitAll(urls, jobCount, 8, {
			mayStart: (number) => number < (jobCount * rounds) / (all.length + 1),
		});
		await kills;
		assert.equal(jobs.length, jobCount);
		await assertAllCompleted(urls, jobs, 240_000);
		await receiver.until((callbacks) => {
			const ended = new Set(
				callbacks
					.filter(({ body }) => body.status === 'COMPLETED')
					.map(({ body }) => body.process_id),
			);
			return jobs.every(({ processId }) => ended.has(processId));
		}, 120_000);
		const repeated = assertCallbacks(receiver, jobs);
		assert.ok(engine.maxConcurrent() <= 6 + 6, `${engine.maxConcurrent()} at the same time`);
		test.diagnostic(
			`${engine.prompts.length} runs for ${jobCount} jobs, at most ${engine.maxConcurrent()} at the same time; ${repeated} repeated deliveries`,
		);
	},
);
