import type { PgBoss } from 'pg-boss';
import type { Storage } from '../files/storage.mts';
import type { Database, Sql } from '../store/database.mts';
import { storable } from '../store/storable.mts';
import type { EngineRuntime } from './engine-runtime.mts';
import type { Job, JobResult, JobStatus } from './job.mts';
import { endJob, requeueJob } from './job-store.mts';
import { type Claim, Queue } from './queue.mts';
import type { RunOutcome } from './run-job.mts';

/** What the queue says of a job; its id is the entry's. */
export interface RunEntry {
	readonly model: string;
	/** Whether a webhook is told about the job. */
	readonly webhook: boolean;
}

export type RunQueue = Queue<RunEntry>;

/** An entry of a queue that this process has taken. */
export interface Taken {
	readonly queue: RunQueue;
	readonly claim: Claim<RunEntry>;
}

/** Tells the job's webhook, in the transaction of the change. */
export type Announce = (sql: Sql, job: Job, status: JobStatus, result?: JobResult) => Promise<void>;

export interface SettlementOptions {
	readonly database: Database;
	readonly boss: PgBoss;
	readonly storage: Storage;
	readonly announce: Announce;
	/** An entry of this queue can be taken in `delayMs`. */
	readonly onAvailable: (queueName: string, delayMs: number) => void;
}

const maxFailures = 3;
const failureDelayMs = 2_000;
/** How long a job waits for an engine that is not ready. */
const maxWaitMs = 24 * 3_600_000;

/** Writes how a run ended. A job's row and its callback change together. */
export class Settlement {
	readonly #options: SettlementOptions;

	constructor(options: SettlementOptions) {
		this.#options = options;
	}

	/** Returns the job's status from now on. */
	async settle(
		taken: Taken,
		job: Job,
		runtime: EngineRuntime,
		outcome: RunOutcome,
	): Promise<JobStatus> {
		switch (outcome.kind) {
			case 'completed':
				return await this.end(taken, job, 'COMPLETED', outcome.result);
			case 'refused':
				return await this.fail(taken, job, outcome.message);
			case 'failed': {
				const failures = job.failures + 1;
				if (failures >= maxFailures) return await this.fail(taken, job, outcome.message);
				const delayMs = failureDelayMs * 2 ** job.failures;
				return await this.#requeue(taken, { ...job, failures }, delayMs);
			}
			case 'notReady': {
				if (Date.now() - job.createdAt.getTime() <= maxWaitMs) {
					return await this.#requeue(taken, job, runtime.breaker.waitMs);
				}
				const message = `The engine '${runtime.name}' was not ready for a day: ${outcome.message}`;
				return await this.fail(taken, job, message);
			}
			case 'stopped':
				return await this.#requeue(taken, job, 0);
		}
	}

	async fail(taken: Taken, job: Job, errorMessage: string): Promise<JobStatus> {
		return await this.end(taken, job, 'FAILED', { errorMessage });
	}

	async end(
		{ queue, claim }: Taken,
		job: Job,
		status: 'COMPLETED' | 'FAILED',
		given: JobResult,
	): Promise<JobStatus> {
		const { database, storage } = this.#options;
		// An engine's text may hold anything; a result that cannot be written would be made again and again.
		const result = storable(given);
		const ended = claim.data.webhook
			? await database.transaction(async (sql) => {
					const mine = await endJob(sql, job, status, result);
					if (mine) await this.#options.announce(sql, job, status, result);
					return mine;
				})
			: await endJob(database, job, status, result);
		// After the end, not with it: a crash in between only has the queue offer it once more.
		await queue.complete(claim);
		if (ended && job.file) await storage.remove('inputs', job.id).catch(() => undefined);
		return status;
	}

	/** Puts back an entry whose job has not been begun. */
	async putBack({ queue, claim }: Taken, delayMs: number): Promise<void> {
		await this.#options.database.transaction(async (sql) => {
			await queue.putBack(sql, claim, delayMs);
		});
		this.#options.onAvailable(queue.name, delayMs);
	}

	/** The configuration has given the model to another engine meanwhile. */
	async moveTo(queueName: string, { queue, claim }: Taken): Promise<void> {
		const { database, boss, onAvailable } = this.#options;
		await database.transaction(async (sql) => {
			await queue.complete(claim, sql);
			await new Queue<RunEntry>(boss, queueName).send(sql, [claim]);
		});
		onAvailable(queueName, 0);
	}

	async #requeue({ queue, claim }: Taken, job: Job, delayMs: number): Promise<JobStatus> {
		await this.#options.database.transaction(async (sql) => {
			await requeueJob(sql, job);
			await queue.putBack(sql, claim, delayMs);
		});
		this.#options.onAvailable(queue.name, delayMs);
		return 'IN_QUEUE';
	}
}
