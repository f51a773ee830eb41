import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nApi } from '../../scripts/n8n/api.cjs';
import { atExit } from '../../scripts/n8n/child-process.cjs';
import { ensureN8n } from '../../scripts/n8n/install.cjs';
import { packProject } from '../../scripts/n8n/pack.cjs';
import { startN8n, type N8nServer } from '../../scripts/n8n/server.cjs';
import type { StoredCredential } from '../../scripts/n8n/workflow.cjs';
import { startEmulator, type Emulator } from '../emulator/server.cjs';

const owner = {
	email: 'owner@example.com',
	password: 'Trigger-MonsterAPI-1',
	firstName: 'Trigger',
	lastName: 'Owner',
};

export const apiKey = 'e2e-key';

/** A real n8n with the packed node in it, and the emulator as its MonsterAPI. */
export class Instance {
	private constructor(
		readonly emulator: Emulator,
		readonly credential: StoredCredential,
		/** Acts as the owner; another one after a restart. */
		public api: N8nApi,
		private server: N8nServer,
		private readonly start: (port?: number) => Promise<N8nServer>,
		private readonly removeFolder: () => void,
	) {}

	static async open(version: string): Promise<Instance> {
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-'));
		const removeFolder = () =>
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		atExit(removeFolder);
		const install = await ensureN8n(version, console.log);
		const tarball = await packProject(join(folder, 'package'));
		const userFolder = join(folder, 'n8n');
		// Jobs end almost at once, and every change calls back.
		const emulator = await startEmulator({ apiKey, settings: { queueMs: 0, workMs: 0 } });
		const start = async (port?: number) =>
			await startN8n({ install, userFolder, port, ...(port ? {} : { tarball }) });
		const server = await start();
		const api = await N8nApi.setUp(server.baseUrl, owner);
		const data = { apiKey, baseUrl: emulator.baseUrl };
		const credential = await api.createCredential({ name: 'Key', type: 'monsterApi', data });
		return new Instance(emulator, credential, api, server, start, removeFolder);
	}

	get baseUrl(): string {
		return this.server.baseUrl;
	}

	get logFile(): string {
		return this.server.logFile;
	}

	/** Ends n8n, does what is to happen meanwhile, and starts it again with the same data and address. */
	async restart(meanwhile: () => void): Promise<void> {
		const { port } = this.server;
		await this.server.stop();
		meanwhile();
		this.server = await this.start(port);
		if (this.server.port !== port) throw new Error(`port ${port} was taken by another program`);
		this.api = await N8nApi.logIn(this.server.baseUrl, owner);
	}

	async close(): Promise<void> {
		await this.server.stop();
		await this.emulator.close();
		this.removeFolder();
	}
}
