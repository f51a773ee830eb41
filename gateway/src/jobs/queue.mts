import { fromPglite, PgBoss } from 'pg-boss';
import type { PGlite } from '@electric-sql/pglite';
import { Batch } from '../store/batch.mts';
import type { Sql } from '../store/database.mts';

/** An entry that this process has taken. Fenced: it settles nothing once another process has it. */
export interface Claim<Data extends object = object> {
	readonly id: string;
	readonly retryCount: number;
	readonly data: Data;
}

export interface NewEntry<Data extends object = object> {
	readonly id: string;
	readonly data: Data;
	/** Entries of one key are taken in order, one at a time (ordered queues). */
	readonly orderKey?: string;
	/** At most `concurrencyPerGroup` entries of one group run at the same time. */
	readonly group?: string;
}

export interface QueueOptions {
	readonly ordered?: boolean;
	readonly concurrencyPerGroup?: number;
}

/** Where a new entry is announced; the payload is the queue's name. */
export const wakeChannel = 'gateway_wake';

/** The schema of pg-boss, next to the gateway's own. */
const schema = 'gateway_queue';
/** A worker that has died is noticed after this and up to one round of supervision. */
const heartbeatSeconds = 30;
export const heartbeatIntervalMs = 10_000;
const supervisionSeconds = 5;
const daySeconds = 86_400;

/** The gateway counts attempts itself: pg-boss puts an entry back as often as it is told to. */
const queueDefaults = {
	retryLimit: 1_000_000,
	retryDelay: 0,
	heartbeatSeconds,
	expireInSeconds: daySeconds - 1,
	retentionSeconds: 365 * daySeconds,
	deleteAfterSeconds: 600,
};

/** One named queue on pg-boss. What is sent in a transaction is there when that is committed. */
export class Queue<Data extends object = object> {
	readonly name: string;
	readonly #boss: PgBoss;
	readonly #options: QueueOptions;
	readonly #completions = new Batch<Claim, void>(async (claims) => {
		await this.#boss.complete(this.name, [...claims]);
		return claims.map(() => undefined);
	});

	constructor(boss: PgBoss, name: string, options: QueueOptions = {}) {
		this.name = name;
		this.#boss = boss;
		this.#options = options;
	}

	async create(): Promise<void> {
		const policy = this.#options.ordered ? 'key_strict_fifo' : 'standard';
		// Does nothing to one that exists, but warms the cache of queues: a look-up inside a transaction
		// would wait for that transaction.
		await this.#boss.createQueue(this.name, { ...queueDefaults, policy });
	}

	async send(sql: Sql, entries: readonly NewEntry<Data>[]): Promise<void> {
		const jobs = entries.map(({ id, data, orderKey, group }) => ({
			id,
			data,
			...(orderKey === undefined ? {} : { singletonKey: orderKey }),
			...(group === undefined ? {} : { group: { id: group } }),
		}));
		await this.#boss.insert(this.name, jobs, { db: asBossDatabase(sql) });
		await sql.notify(wakeChannel, this.name);
	}

	async take(count: number): Promise<Claim<Data>[]> {
		const groupConcurrency = this.#options.concurrencyPerGroup;
		return await this.#boss.fetch<Data>(this.name, {
			batchSize: count,
			...(groupConcurrency === undefined ? {} : { groupConcurrency }),
		});
	}

	/** Does nothing when the entry is another process's by now. */
	async complete(claim: Claim, sql?: Sql): Promise<void> {
		if (sql === undefined) {
			await this.#completions.add(claim);
			return;
		}
		await this.#boss.complete(this.name, [claim], null, { db: asBossDatabase(sql) });
	}

	/** Makes the entry available again after `delayMs`. */
	async putBack(sql: Sql, claim: Claim, delayMs: number): Promise<void> {
		const options = { db: asBossDatabase(sql) };
		await this.#boss.fail(this.name, [claim], null, options);
		if (delayMs <= 0) return;
		const startAfter = new Date(Date.now() + delayMs);
		await this.#boss.update(this.name, undefined, { id: claim.id, startAfter, ...options });
	}

	/** Says that this process still works on them. */
	async touch(claims: readonly Claim[]): Promise<void> {
		if (claims.length > 0) await this.#boss.touch(this.name, [...claims]);
	}

	/**
	 * Makes all entries available at once, those that were taken and those that wait for their time:
	 * right after a start, when no other process can be at work.
	 */
	async reclaimAll(sql: Sql): Promise<void> {
		const taken = await sql.query<{ id: string }>(
			`SELECT id FROM ${schema}.job WHERE name = $1 AND state = 'active'`,
			[this.name],
		);
		if (taken.length > 0) {
			await this.#boss.fail(
				this.name,
				taken.map((entry) => entry.id),
			);
		}
		await sql.query(
			`UPDATE ${schema}.job SET start_after = now()
			WHERE name = $1 AND state IN ('created', 'retry') AND start_after > now()`,
			[this.name],
		);
	}
}

export interface StartedBoss {
	readonly boss: PgBoss;
	stop(): Promise<void>;
}

/** Starts pg-boss on the gateway's store: the embedded one, or a server's connection string. */
export async function startBoss(
	store: PGlite | string,
	onError: (error: Error) => void,
): Promise<StartedBoss> {
	const boss = new PgBoss({
		...(typeof store === 'string'
			? { connectionString: store, max: 6 }
			: { db: fromPglite(store), backend: 'pglite' as const }),
		schema,
		schedule: false,
		superviseIntervalSeconds: supervisionSeconds,
		monitorIntervalSeconds: supervisionSeconds,
		application_name: 'monsterapi-gateway-queue',
	});
	boss.on('error', onError);
	await boss.start();
	return { boss, stop: async () => await boss.stop({ graceful: false, close: true }) };
}

/** Names of the queues that the store has, among them those of engines no longer configured. */
export async function queueNames(boss: PgBoss): Promise<string[]> {
	return (await boss.getQueues()).map((queue) => queue.name);
}

function asBossDatabase(sql: Sql) {
	return {
		async executeSql(text: string, values?: unknown[]) {
			return { rows: await sql.query(text, values) };
		},
	};
}
