import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Cleanup } from './cleanup.mts';

const main = fileURLToPath(new URL('../../src/main.mts', import.meta.url));

/** A gateway in a process of its own, which can be killed and started again. */
export class GatewayProcess {
	readonly url: string;
	readonly #arguments: readonly string[];
	#child: ChildProcess | undefined;
	#errors = '';

	constructor(cleanup: Cleanup, folder: string, config: object, port: number, role = 'all') {
		const file = join(folder, `gateway-${role}-${port}.yaml`);
		writeFileSync(file, stringify({ listen: `127.0.0.1:${port}`, data: folder, ...config }));
		this.url = `http://127.0.0.1:${port}`;
		this.#arguments = [
			main,
			'--config',
			file,
			'--role',
			role,
			...(role === 'worker' ? ['--port', String(port)] : []),
		];
		cleanup.after(async () => await this.kill());
	}

	start(): void {
		const child = spawn(process.execPath, this.#arguments, {
			stdio: ['ignore', 'ignore', 'pipe'],
			env: { ...process.env, LOG_LEVEL: 'warn' },
		});
		this.#errors = '';
		child.stderr.on(
			'data',
			(data) => (this.#errors = (this.#errors + String(data)).slice(-20_000)),
		);
		this.#child = child;
	}

	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** What it has written to stderr since it was started. */
	get errors(): string {
		return this.#errors;
	}

	/** SIGKILL, or another signal; ends when the process has. */
	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		const child = this.#child;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, 'exit');
		child.kill(signal);
		await exited;
	}

	/** Ends when it takes requests. */
	async ready(timeoutMs = 120_000): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const found = await fetch(`${this.url}/healthz`).then(
				(response) => response.ok,
				() => false,
			);
			if (found) return;
			if (this.#child?.exitCode !== null && this.#child?.exitCode !== undefined) {
				throw new Error(`The gateway has ended: ${this.#errors}`);
			}
			if (Date.now() > deadline) throw new Error(`The gateway does not start: ${this.#errors}`);
			await sleep(20);
		}
	}
}

export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('No port');
	return address.port;
}
