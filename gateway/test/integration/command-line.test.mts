import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newDataFolder } from '../support/store-template.mts';

const main = fileURLToPath(new URL('../../src/main.mts', import.meta.url));

/** Starts the program in an empty folder of its own. */
function run(test: TestContext, args: readonly string[], yaml?: string) {
	const cwd = mkdtempSync(join(tmpdir(), 'gateway-cli-'));
	if (yaml !== undefined) writeFileSync(join(cwd, 'gateway.yaml'), yaml);
	const child = spawn(process.execPath, [main, ...args], {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output = { out: '', error: '' };
	child.stdout.on('data', (data) => (output.out += String(data)));
	child.stderr.on('data', (data) => (output.error += String(data)));
	const exited = once(child, 'exit').then(([code]) => Number(code));
	test.after(async () => {
		child.kill('SIGKILL');
		await exited;
		rmSync(cwd, { recursive: true, force: true });
	});
	return {
		output,
		exited,
		stop: () => child.kill('SIGTERM'),
		async printed(pattern: RegExp): Promise<void> {
			while (!pattern.test(output.out)) {
				assert.equal(child.exitCode, null, output.error);
				await sleep(20);
			}
		},
	};
}

/** A port that another program has, until it is freed. */
async function takenPort(test: TestContext): Promise<[port: number, free: () => Promise<void>]> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const free = async (): Promise<void> =>
		await new Promise((resolve) => server.close(() => resolve()));
	test.after(free);
	const address = server.address();
	assert.ok(address !== null && typeof address === 'object');
	return [address.port, free];
}

const dataFolder = async (test: TestContext): Promise<string> => {
	const folder = await newDataFolder();
	test.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

describe('the command', () => {
	it('starts without a configuration, speaks, and stops when it is told to', async (test) => {
		const data = await dataFolder(test);
		const gateway = run(test, ['--port', '0', '--data', data]);
		await gateway.printed(/sunoai-bark +flite +ready/);
		const base = /^Base URL: (http:\/\/127\.0\.0\.1:\d+\/v1)$/m.exec(gateway.output.out)?.[1];
		const key = /^API key: (\S+)$/m.exec(gateway.output.out)?.[1];
		assert.ok(base && key, gateway.output.out);
		const models = await fetch(`${base}/models`, { headers: { authorization: `Bearer ${key}` } });
		assert.match(await models.text(), /sunoai-bark/);
		assert.ok(!gateway.output.error.includes(key), 'the key is in the log');
		gateway.stop();
		assert.equal(await gateway.exited, 0, gateway.output.error);

		const again = run(test, ['--port', '0', '--data', data]);
		await again.printed(/^Base URL/m);
		await again.printed(/sunoai-bark/);
		const told = /^API key: the one printed at the first start; a new one: --new-key$/m;
		assert.match(again.output.out, told);
		const second = run(test, ['--port', '0', '--data', data]);
		assert.equal(await second.exited, 1);
		assert.match(second.output.error, /in use by another gateway/);
	});

	it('says that its port is in use, and keeps no key that it could not show', async (test) => {
		const data = await dataFolder(test);
		const [port, free] = await takenPort(test);
		const start = (...args: string[]) => run(test, ['--data', data, '--port', ...args]);
		const refused = start(String(port));
		assert.equal(await refused.exited, 1);
		assert.equal(
			refused.output.error.split('\n')[0],
			`Port ${port} is in use, perhaps by another gateway or npm run demo. End it, or choose another: --port ${port + 1}.`,
		);
		assert.equal(refused.output.out, '');

		const first = start('0');
		await first.printed(/^API key: .*\n/m);
		const key = /^API key: (\S+)$/m.exec(first.output.out)?.[1];
		assert.ok(key, first.output.out);
		first.stop();
		await first.exited;
		const renewed = start(String(port), '--new-key');
		assert.equal(await renewed.exited, 1);
		await free();

		const again = start(String(port));
		await again.printed(/^API key: .*\n/m);
		const url = `http://127.0.0.1:${port}/v1/models`;
		const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
		assert.equal(answer.status, 200, again.output.out);
	});

	it('checks the configuration and says how to mend it', async (test) => {
		const yaml = `
engines:
  llm: { driver: ollama, url: http://127.0.0.1:1 }
  voice: { driver: flite }
models:
  zephyr-7b-beta: { engine: llm, model: llama3.2 }
  sunoai-bark: { engine: voice }
`;
		const check = run(test, ['check'], yaml);
		assert.equal(await check.exited, 1);
		assert.match(
			check.output.out,
			/zephyr-7b-beta +llm \(ollama\) +not reachable: .*127\.0\.0\.1:1/,
		);
		assert.match(check.output.out, /sunoai-bark +voice \(flite\) +ready/);
		assert.match(check.output.out, /^whisper +- +no engine$/m);
		const below = /\n\nModels without an engine: .* in gateway\.yaml, .*Configuration\.\n$/;
		assert.match(check.output.out, below);
	});

	const mistakes: [string, string[], RegExp][] = [
		['an unknown option', ['--prot', '1'], /--prot/],
		['an unknown command', ['stop'], /Unknown command: stop/],
		['a port that is none', ['--port', 'x'], /--port must be a number/],
		['a missing file', ['--config', 'none.yaml'], /none\.yaml: no such file/],
		['an unknown role', ['--role', 'boss'], /--role must be all, api or worker/],
		['a worker on the embedded store', ['--role', 'worker'], /--role worker needs databaseUrl/],
	];
	for (const [what, args, message] of mistakes) {
		it(`refuses ${what} in a sentence`, async (test) => {
			const refused = run(test, args);
			assert.equal(await refused.exited, 1);
			assert.match(refused.output.error, message);
			assert.doesNotMatch(refused.output.error, /\n +at /);
		});
	}

	it('has a help and a version', async (test) => {
		const help = run(test, ['--help']);
		assert.equal(await help.exited, 0);
		assert.match(help.output.out, /--role ROLE/);
		const version = run(test, ['--version']);
		assert.equal(await version.exited, 0);
		assert.match(version.output.out, /^\d+\.\d+\.\d+\n$/);
	});
});
