import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nApi } from '../support/n8n/api.cjs';
import { atExit } from '../support/n8n/child-process.cjs';
import { startN8n, type N8nServer } from '../support/n8n/server.cjs';
import type { StoredCredential } from '../support/n8n/workflow.cjs';
import {
	openEmulator,
	owner,
	storeCredential,
	type Build,
	type Instance,
	type MonsterApi,
} from './instance.cjs';

/** An instance whose n8n is one process. */
export class SingleInstance implements Instance {
	private constructor(
		/** Of n8n. */
		readonly version: string,
		readonly emulator: MonsterApi,
		readonly credential: StoredCredential,
		/** Acts as the owner; replaced after a restart. */
		public api: N8nApi,
		private server: N8nServer,
		private readonly start: (port?: number, env?: NodeJS.ProcessEnv) => Promise<N8nServer>,
		private readonly removeFolder: () => void,
	) {}

	/** @param openMonsterApi what it has as its MonsterAPI. Default: the emulator */
	static async open(
		build: Build,
		openMonsterApi: (build: Build) => Promise<MonsterApi> = openEmulator,
	): Promise<SingleInstance> {
		const { install, tarball } = build;
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-'));
		const removeFolder = () =>
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		atExit(removeFolder);
		const userFolder = join(folder, 'n8n');
		const emulator = await openMonsterApi(build);
		const start = async (port?: number, env: NodeJS.ProcessEnv = {}) =>
			await startN8n({ install, userFolder, env, ...(port ? { port } : { tarball }) });
		const server = await start();
		const api = await N8nApi.setUp(server.baseUrl, owner);
		const credential = await storeCredential(api, emulator);
		return new SingleInstance(
			install.version,
			emulator,
			credential,
			api,
			server,
			start,
			removeFolder,
		);
	}

	get baseUrl(): string {
		return this.server.baseUrl;
	}

	get webhookUrl(): string {
		return this.server.baseUrl;
	}

	get userFolder(): string {
		return this.server.userFolder;
	}

	get logFile(): string {
		return this.server.logFile;
	}

	/** n8n's log since its last start. */
	readLog(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/**
	 * Stops n8n and starts it again with the same data and address.
	 * @param env n8n settings that hold until the next restart
	 * @param whileStopped runs in between
	 */
	async restart(
		env: NodeJS.ProcessEnv = {},
		whileStopped?: () => void | Promise<void>,
	): Promise<void> {
		await this.server.stop();
		await whileStopped?.();
		await this.startAgain(env);
	}

	/**
	 * Ends n8n as a power cut would.
	 * @returns its log, which the next start empties
	 */
	async kill(): Promise<string> {
		await this.server.kill();
		return this.readLog();
	}

	/** Starts n8n again, with the same data and address, after it has ended. */
	async startAgain(env: NodeJS.ProcessEnv = {}): Promise<void> {
		const { port } = this.server;
		this.server = await this.start(port, env);
		if (this.server.port !== port) throw new Error(`port ${port} was taken by another program`);
		this.api = await N8nApi.logIn(this.server.baseUrl, owner);
	}

	async close(): Promise<void> {
		await this.server.stop();
		await this.emulator.close();
		this.removeFolder();
	}
}
