import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atExit, logTail, startProcess } from '../../support/n8n/child-process.cjs';
import { freePort } from '../../support/n8n/ports.cjs';
import { until } from '../until.cjs';
import type { Server } from './server.cjs';

/** Whether there is a Redis to start. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** Starts a Redis of its own that keeps everything in memory. */
export async function startRedis(): Promise<Server> {
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-redis-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	atExit(remove);
	const port = await freePort();
	const host = '127.0.0.1';
	const logFile = join(folder, 'redis.log');
	const child = startProcess({
		command: 'redis-server',
		args: ['--port', String(port), '--bind', host, '--save', '', '--appendonly', 'no'],
		cwd: folder,
		env: process.env,
		logFile,
	});
	const ready = () =>
		spawnSync('redis-cli', ['-h', host, '-p', String(port), 'ping']).stdout?.includes('PONG') ===
		true;
	await until('Redis is ready', ready, { timeoutMs: 60_000 }).catch((error: unknown) => {
		throw new Error(`${String(error)}. The end of its log:\n${logTail(logFile)}`);
	});
	return {
		env: { QUEUE_BULL_REDIS_HOST: host, QUEUE_BULL_REDIS_PORT: String(port) },
		async stop() {
			await child.stop();
			remove();
		},
	};
}
