import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startGateway, type Gateway } from '../../support/gateway/gateway.cjs';
import { N8nApi } from '../../support/n8n/api.cjs';
import { atExit } from '../../support/n8n/child-process.cjs';
import { freePort } from '../../support/n8n/ports.cjs';
import { startN8n, type N8nServer } from '../../support/n8n/server.cjs';
import type { StoredCredential } from '../../support/n8n/workflow.cjs';
import { apiKey, owner, storeCredential, type Build } from '../instance.cjs';
import { programConfig } from './programs.cjs';

/** A real n8n with the packed node in it, and a real gateway with real engines as its MonsterAPI: nothing is emulated. */
export class GatewayInstance {
	private constructor(
		readonly gateway: Gateway,
		readonly credential: StoredCredential,
		/** Acts as the owner. */
		readonly api: N8nApi,
		private readonly server: N8nServer,
		private readonly removeFolder: () => void,
	) {}

	static async open({ install, tarball }: Build): Promise<GatewayInstance> {
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-gateway-'));
		const removeFolder = () =>
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		atExit(removeFolder);
		const gateway = await startGateway({
			nodeBinary: install.nodeBinary,
			folder: join(folder, 'gateway'),
			port: await freePort(),
			config: { keys: [{ name: 'n8n', key: apiKey }], ...programConfig },
		});
		const server = await startN8n({ install, tarball, userFolder: join(folder, 'n8n') });
		const api = await N8nApi.setUp(server.baseUrl, owner);
		const credential = await storeCredential(api, gateway);
		return new GatewayInstance(gateway, credential, api, server, removeFolder);
	}

	/** Of n8n. */
	get logFile(): string {
		return this.server.logFile;
	}

	/** What the gateway says about a finished job's result. */
	async result(processId: unknown): Promise<Record<string, unknown>> {
		const response = await fetch(`${this.gateway.baseUrl}/status/${String(processId)}`, {
			headers: { authorization: `Bearer ${apiKey}` },
		});
		const { result = {} } = (await response.json()) as { result?: Record<string, unknown> };
		return result;
	}

	async close(): Promise<void> {
		await this.server.stop();
		await this.gateway.stop();
		this.removeFolder();
	}
}
