import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nApi } from '../support/n8n/api.cjs';
import { atExit } from '../support/n8n/child-process.cjs';
import { startN8n, type N8nServer } from '../support/n8n/server.cjs';
import type { StoredCredential } from '../support/n8n/workflow.cjs';
import type { Emulator } from '../../emulator/server.cjs';
import type { Ground } from './build.cjs';
import { openService, owner, storeCredential, type Site } from './instance-site.cjs';

/** A site whose n8n is one process. */
export class Instance implements Site {
	private constructor(
		/** Of n8n. */
		readonly version: string,
		readonly emulator: Emulator,
		readonly credential: StoredCredential,
		/** Acts as the owner; another one after a restart. */
		public api: N8nApi,
		private server: N8nServer,
		private readonly start: (port?: number, env?: NodeJS.ProcessEnv) => Promise<N8nServer>,
		private readonly removeFolder: () => void,
	) {}

	static async open({ install, tarball }: Ground): Promise<Instance> {
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-'));
		const removeFolder = () =>
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		atExit(removeFolder);
		const userFolder = join(folder, 'n8n');
		const emulator = await openService();
		const start = async (port?: number, env?: NodeJS.ProcessEnv) =>
			await startN8n({ install, userFolder, port, env, ...(port ? {} : { tarball }) });
		const server = await start();
		const api = await N8nApi.setUp(server.baseUrl, owner);
		const credential = await storeCredential(api, emulator);
		return new Instance(install.version, emulator, credential, api, server, start, removeFolder);
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

	/** What n8n has written to its log since it was started. */
	readLog(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/**
	 * Ends n8n, does what is to happen meanwhile, and starts it again with the same data and address.
	 * @param env settings of n8n that hold until the next restart
	 */
	async restart(meanwhile = () => {}, env: NodeJS.ProcessEnv = {}): Promise<void> {
		await this.server.stop();
		meanwhile();
		await this.revive(env);
	}

	/**
	 * Ends n8n as a power cut would.
	 * @returns what it has written to its log, which the next start empties
	 */
	async kill(): Promise<string> {
		await this.server.kill();
		return this.readLog();
	}

	/** Starts n8n again, with the same data and address, after it has ended. */
	async revive(env: NodeJS.ProcessEnv = {}): Promise<void> {
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
