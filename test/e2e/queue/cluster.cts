import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nApi } from '../../support/n8n/api.cjs';
import { atExit } from '../../support/n8n/child-process.cjs';
import { freePort } from '../../support/n8n/ports.cjs';
import type { Role } from '../../support/n8n/role.cjs';
import { startN8n, type N8nServer } from '../../support/n8n/server.cjs';
import type { StoredCredential } from '../../support/n8n/workflow.cjs';
import type { Build } from '../instance.cjs';
import {
	openEmulator,
	owner,
	storeCredential,
	type Instance,
	type MonsterApi,
} from '../instance.cjs';
import { findPostgres, startPostgres, type Postgres } from './postgres.cjs';
import { hasRedis, startRedis } from './redis.cjs';

/**
 * How soon n8n notices that a job's worker is gone (default: 90 s). By default n8n 1.x starts the job again on another
 * worker, which is billed twice; n8n 2.x never does.
 */
const stalledSettings = {
	QUEUE_WORKER_MAX_STALLED_COUNT: '0',
	QUEUE_WORKER_LOCK_DURATION: '30000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
	QUEUE_WORKER_STALLED_INTERVAL: '10000',
};

/**
 * When its database does not answer a ping in time, n8n answers every callback with 503. A burst keeps the webhook
 * processor busy for longer than the default of five seconds. In n8n 1.x that default is fixed, so there the first ping
 * is delayed by an hour.
 */
const patientSettings = (version: string): NodeJS.ProcessEnv =>
	version.startsWith('1.') ? { DB_PING_INTERVAL_SECONDS: '3600' } : { DB_PING_TIMEOUT_MS: '60000' };

/** An instance in queue mode: one main, two workers and a webhook processor. */
export class Cluster implements Instance {
	private constructor(
		readonly emulator: MonsterApi,
		readonly credential: StoredCredential,
		readonly api: N8nApi,
		readonly database: Postgres,
		readonly main: N8nServer,
		readonly workers: readonly N8nServer[],
		private readonly webhooks: N8nServer,
		private readonly closing: ReadonlyArray<() => unknown>,
	) {}

	/** What this machine lacks for a cluster, if anything. */
	static findMissing(): string | undefined {
		const missing = [!findPostgres() && 'PostgreSQL', !hasRedis() && 'Redis'].filter(Boolean);
		return missing.length === 0 ? undefined : missing.join(' and ');
	}

	static async open(build: Build): Promise<Cluster> {
		/** In reverse order of opening. */
		const closing: Array<() => unknown> = [];
		try {
			return await Cluster.build(build, closing);
		} catch (error) {
			for (const close of closing) await close();
			throw error;
		}
	}

	private static async build(
		{ install, tarball }: Build,
		closing: Array<() => unknown>,
	): Promise<Cluster> {
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-queue-'));
		const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		atExit(remove);
		closing.unshift(remove);
		const emulator = await openEmulator();
		closing.unshift(() => emulator.close());
		const database = await startPostgres(findPostgres() ?? '');
		closing.unshift(() => database.stop());
		const redis = await startRedis();
		closing.unshift(() => redis.stop());

		const webhookPort = await freePort();
		const env = {
			...database.env,
			...redis.env,
			...stalledSettings,
			...patientSettings(install.version),
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			N8N_DEFAULT_BINARY_DATA_MODE: 'database',
			// Disabled by default in n8n 1.x.
			N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem,database',
			WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
		};
		const start = async (role: Role, name: string, port?: number) => {
			const server = await startN8n({
				...{ install, tarball, env, role },
				...(port === undefined ? {} : { port }),
				userFolder: join(folder, name),
			});
			closing.unshift(() => server.stop());
			return server;
		};
		// The main process creates the tables.
		const main = await start('main', 'main');
		const webhooks = await start('webhook', 'webhooks', webhookPort);
		if (webhooks.port !== webhookPort) throw new Error(`port ${webhookPort} was taken`);
		const workers = [await start('worker', 'worker1'), await start('worker', 'worker2')];
		const api = await N8nApi.setUp(main.baseUrl, owner);
		const credential = await storeCredential(api, emulator);
		return new Cluster(emulator, credential, api, database, main, workers, webhooks, closing);
	}

	get webhookUrl(): string {
		return this.webhooks.baseUrl;
	}

	get webhookLog(): string {
		return this.webhooks.logFile;
	}

	get logFile(): string {
		return this.main.logFile;
	}

	/** The logs of the workers. */
	workerLogs(): string[] {
		return this.workers.map(({ logFile }) => readFileSync(logFile, 'utf8'));
	}

	async close(): Promise<void> {
		for (const close of this.closing) await close();
	}
}
