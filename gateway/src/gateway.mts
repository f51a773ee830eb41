import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { callbackQueueName, Callbacks } from './callbacks/callbacks.mts';
import type { Config } from './config/config.mts';
import { startCleanUp } from './files/clean-up.mts';
import { Storage } from './files/storage.mts';
import { LinkSigner, linkSecret } from './files/upload-links.mts';
import { Contract } from './http/contract.mts';
import { listen } from './http/listen.mts';
import { type ClientTimeouts, createOperationsServer, createServer } from './http/server.mts';
import type { Services } from './http/services.mts';
import { createEngines, type EngineRuntime, queueNameOf } from './jobs/engine-runtime.mts';
import { openInputFile } from './jobs/input-file.mts';
import { Queue, queueNames, startBoss, type StartedBoss, wakeChannel } from './jobs/queue.mts';
import { Runner } from './jobs/runner.mts';
import { sharedSlots, type SlotLocks, unsharedSlots } from './jobs/slot-locks.mts';
import { createSubmit } from './jobs/submit.mts';
import { configuredKeys, generatedKey, KeyRing, storedKey } from './keys/keys.mts';
import { RateLimiter } from './keys/rate-limiter.mts';
import { Metrics } from './operations/metrics.mts';
import { openStore } from './store/open-store.mts';

export type Role = 'all' | 'api' | 'worker';

export interface GatewayOptions {
	readonly config: Config;
	readonly role: Role;
	readonly log: FastifyBaseLogger;
	/** Makes a new key in place of the generated one. */
	readonly renewKey?: boolean;
	/** Whether a worker listens too, for health and metrics. */
	readonly workerListens?: boolean;
	/** For tests: an answer that does not fit the contract is an error. */
	readonly strictAnswers?: boolean;
	readonly timeouts?: ClientTimeouts;
}

export interface Gateway {
	/** Undefined for a worker that does not listen. */
	readonly address: string | undefined;
	/** A key that was generated just now; it is not kept in this form. */
	readonly newKey: string | undefined;
	readonly engines: ReadonlyMap<string, EngineRuntime>;
	stop(): Promise<void>;
}

/** How long running jobs may go on when the gateway is told to stop. */
const stopGraceMs = 5_000;
const closeGraceMs = 8_000;

/** Starts everything, in the order in which the parts need each other; `stop` goes the other way. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
	const { config, role, log } = options;
	if (role !== 'all' && config.databaseUrl === undefined) {
		throw new Error(`--role ${role} needs databaseUrl: the embedded store serves one process`);
	}
	const logError = (error: unknown): void => log.error({ err: error }, 'store');
	const undo: (() => Promise<void> | void)[] = [];
	const stop = async (): Promise<void> => {
		for (const step of undo.splice(0).reverse()) {
			// What comes after it has to be ended all the same, the store last of all.
			try {
				await step();
			} catch (error) {
				logError(error);
			}
		}
	};
	try {
		const { database, queueStore } = await openStore(config, logError);
		undo.push(() => database.close());
		const started: StartedBoss = await startBoss(queueStore, logError);
		undo.push(() => started.stop());
		const { boss } = started;
		const storage = new Storage(config.data);
		const engines = createEngines(config);
		const metrics = new Metrics(database, engines);

		const callbacks = new Callbacks({
			boss,
			database,
			allowPrivateAddresses: config.allowPrivateAddresses,
			log,
			onDelivery: (outcome) => metrics.callback(outcome),
		});
		await callbacks.createQueue();
		const abandoned = await prepareQueues(
			config,
			boss,
			database.kind === 'embedded' ? database : undefined,
		);
		if (database.kind === 'embedded') await callbacks.reclaimAll();

		const slotLocks: SlotLocks =
			config.databaseUrl === undefined ? unsharedSlots : sharedSlots(config.databaseUrl, logError);
		const runner = new Runner({
			config,
			database,
			boss,
			storage,
			engines,
			slotLocks,
			log,
			openInput: async (job, signal) =>
				await openInputFile(job, storage, {
					allowPrivateAddresses: config.allowPrivateAddresses,
					signal,
				}),
			announce: async (...change) => await callbacks.announce(...change),
			onEnd: (job, status, waitedMs, ranMs) => metrics.ended(job.model, status, waitedMs, ranMs),
		});
		if (role !== 'api') {
			await database.listen(wakeChannel, (queueName) => {
				runner.wake(queueName);
				if (queueName === '' || queueName === callbackQueueName) callbacks.wake();
			});
			callbacks.start();
			runner.start(abandoned);
			undo.push(startCleanUp(config.retention, database, storage, logError));
			undo.push(async () => {
				await Promise.all([runner.stop(stopGraceMs), callbacks.stop(stopGraceMs)]);
				await slotLocks.close();
			});
		}

		const renewKey = options.renewKey ?? false;
		const generates = config.keys.length === 0;
		const stored = generates && !renewKey ? await storedKey(database) : undefined;
		const services: Services = {
			config,
			contract: new Contract(),
			database,
			storage,
			links: new LinkSigner(await linkSecret(database), config.retention.uploadsMs),
			keys: new KeyRing(stored ? [stored] : configuredKeys(config.keys)),
			rateLimiter: new RateLimiter(),
			callbacks,
			engines,
			metrics,
			submit: createSubmit(
				config,
				database,
				boss,
				async (...change) => await callbacks.announce(...change),
			),
		};
		const server = await serverFor(options, services);
		let address: string | undefined;
		if (server) {
			undo.push(async () => await closeServer(server));
			address = await listen(server, config.listen);
		}
		let newKey: string | undefined;
		if (generates && stored === undefined) {
			// Last of all: a start that fails before it can show the key must not keep it.
			const { key, plain } = await generatedKey(database, renewKey);
			services.keys.add(key);
			newKey = plain;
		}
		return { address, newKey, engines, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/**
 * Creates the queues of all engines. On a store of one's own, what was being run when the last
 * process died is available again at once. Returns queues that no engine has any more.
 */
async function prepareQueues(
	config: Config,
	boss: StartedBoss['boss'],
	ownStore: Parameters<Queue['reclaimAll']>[0] | undefined,
): Promise<string[]> {
	const configured = new Set(
		Object.entries(config.engines).map(([name, engine]) => queueNameOf(name, engine)),
	);
	const existing = (await queueNames(boss)).filter((name) => name.startsWith('run.'));
	for (const name of new Set([...configured, ...existing])) {
		const queue = new Queue(boss, name);
		await queue.create();
		if (ownStore) await queue.reclaimAll(ownStore);
	}
	return existing.filter((name) => !configured.has(name));
}

async function serverFor(
	options: GatewayOptions,
	services: Services,
): Promise<FastifyInstance | undefined> {
	const { role, log } = options;
	if (role !== 'worker') {
		return await createServer({
			services,
			log,
			strictAnswers: options.strictAnswers ?? false,
			...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
		});
	}
	return options.workerListens === true ? createOperationsServer(services, log) : undefined;
}

/** Requests under way may end; after a while they are cut off. */
async function closeServer(server: FastifyInstance): Promise<void> {
	const timer = setTimeout(() => server.server.closeAllConnections(), closeGraceMs);
	await server.close();
	clearTimeout(timer);
}
