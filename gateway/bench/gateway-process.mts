import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { newDataFolder } from '../test/support/store-template.mts';

const main = fileURLToPath(new URL('../src/main.mts', import.meta.url));
const key = 'key-of-the-benchmark';
const clockTicksPerSecond = 100;

interface BenchFolder {
	readonly path: string;
	remove(): void;
}

/** A data folder for one benchmark, whose `store` PostgreSQL has initialised already. */
export async function benchFolder(): Promise<BenchFolder> {
	return folderAt(await newDataFolder());
}

export const emptyFolder = (): BenchFolder =>
	folderAt(mkdtempSync(join(tmpdir(), 'gateway-bench-')));

function folderAt(path: string): BenchFolder {
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A gateway in a process of its own, as users run it. */
export class BenchGateway {
	readonly url: string;
	readonly headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
	readonly #child: ChildProcess;

	private constructor(url: string, child: ChildProcess) {
		this.url = url;
		this.#child = child;
	}

	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** Ends when the gateway takes requests. `config`: engines and models; `folder`: its data. */
	static async start(folder: string, config: object): Promise<BenchGateway> {
		const port = await freePort();
		const file = join(folder, 'gateway.yaml');
		writeFileSync(file, stringify({ keys: [{ name: 'bench', key }], ...config }));
		const child = spawn(
			process.execPath,
			[main, '--config', file, '--port', String(port), '--data', folder],
			{ stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'error' } },
		);
		const gateway = new BenchGateway(`http://127.0.0.1:${port}`, child);
		while (!(await gateway.#answers())) {
			if (child.exitCode !== null) throw new Error('The gateway has ended');
			await sleep(20);
		}
		return gateway;
	}

	async #answers(): Promise<boolean> {
		return await fetch(`${this.url}/readyz`).then(
			({ ok }) => ok,
			() => false,
		);
	}

	async stop(): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const exited = once(this.#child, 'exit');
		this.#child.kill('SIGTERM');
		await exited;
	}

	async submit(model: string, inputs: object, query = ''): Promise<string> {
		const response = await fetch(`${this.url}/v1/generate/${model}${query}`, {
			method: 'POST',
			headers: this.headers,
			body: JSON.stringify(inputs),
		});
		const text = await response.text();
		const [, id] = /"process_id":"([^"]+)"/.exec(text) ?? [];
		if (id === undefined) throw new Error(`Refused: ${response.status} ${text}`);
		return id;
	}

	async uploadLinks(name: string): Promise<{ upload: string; download: string }> {
		const text = await this.#read(`/v1/upload?filename=${name}`);
		const [, upload = ''] = /"upload_url":"([^"]+)"/.exec(text) ?? [];
		const [, download = ''] = /"download_url":"([^"]+)"/.exec(text) ?? [];
		return { upload, download };
	}

	async status(id: string): Promise<string> {
		const text = await this.#read(`/v1/status/${id}`);
		return /"status":"([A-Z_]+)"/.exec(text)?.[1] ?? '';
	}

	/** The value of a metric without labels. */
	async metric(name: string): Promise<number> {
		const [, value] = new RegExp(`^${name} (\\S+)`, 'm').exec(await this.#read('/metrics')) ?? [];
		return Number(value);
	}

	/** How many jobs have ended since the start. */
	async ended(): Promise<number> {
		const text = await this.#read('/metrics');
		const counts = text.matchAll(/^gateway_jobs_ended_total\{[^}]*\} (\d+)/gm);
		return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
	}

	/** Tries again when a connection is closed at the moment of its next use, as clients do with reads. */
	async #read(path: string, tries = 3): Promise<string> {
		try {
			return await (await fetch(`${this.url}${path}`, { headers: this.headers })).text();
		} catch (error) {
			if (tries <= 1) throw error;
			return await this.#read(path, tries - 1);
		}
	}

	/** Processor time that the process has used, in seconds; undefined where there is no /proc. */
	cpuSeconds(): number | undefined {
		return cpuSeconds(this.#child.pid);
	}

	/** Memory in use, in MiB; `peak`: the most since `resetPeak`. */
	memoryMiB(peak = false): number | undefined {
		const name = peak ? 'VmHWM' : 'VmRSS';
		const [, kib] = new RegExp(`${name}:\\s+(\\d+)`).exec(this.#proc('status') ?? '') ?? [];
		return kib === undefined ? undefined : Number(kib) / 1024;
	}

	resetPeak(): void {
		if (process.platform === 'linux') writeFileSync(`/proc/${this.#child.pid}/clear_refs`, '5');
	}

	#proc(file: string): string | undefined {
		return procFile(this.#child.pid, file);
	}
}

/** Processor time that a process has used; undefined where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number | undefined {
	const fields = procFile(pid, 'stat')
		?.replace(/^.*\) /, '')
		.split(' ');
	const ticks = Number(fields?.[11]) + Number(fields?.[12]);
	return Number.isNaN(ticks) ? undefined : ticks / clockTicksPerSecond;
}

function procFile(pid: number | undefined, file: string): string | undefined {
	if (process.platform !== 'linux' || pid === undefined) return undefined;
	return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	if (address === null || typeof address === 'string') throw new Error('No port');
	return address.port;
}
