import type { FastifyBaseLogger } from 'fastify';
import type { PgBoss } from 'pg-boss';
import type { Config } from '../config/config.mts';
import type { EngineFile } from '../engines/engine.mts';
import type { Storage } from '../files/storage.mts';
import type { Database, Sql } from '../store/database.mts';
import { Dispatcher } from './dispatcher.mts';
import { type EngineRuntime, queueNameForModel, queueNameOf } from './engine-runtime.mts';
import type { Job, JobResult, JobStatus } from './job.mts';
import { beginRun, endJob, requeueJob } from './job-store.mts';
import { ProgressLog } from './progress-log.mts';
import { type Claim, Queue } from './queue.mts';
import { runJob, type RunOutcome } from './run-job.mts';
import type { SlotLocks } from './slot-locks.mts';

/** What the queue says of a job; its id is the entry's. */
export interface RunEntry {
	readonly model: string;
}

type RunQueue = Queue<RunEntry>;

export interface RunnerOptions {
	readonly config: Config;
	readonly database: Database;
	readonly boss: PgBoss;
	readonly storage: Storage;
	readonly engines: ReadonlyMap<string, EngineRuntime>;
	readonly slotLocks: SlotLocks;
	readonly log: FastifyBaseLogger;
	readonly openInput: (job: Job, signal: AbortSignal) => Promise<EngineFile | undefined>;
	/** Tells the job's webhook, in the same transaction as the change. */
	readonly announce: (sql: Sql, job: Job, status: JobStatus, result?: JobResult) => Promise<void>;
	/** For the metrics. */
	readonly onEnd: (
		job: Job,
		status: 'COMPLETED' | 'FAILED',
		waitedMs: number,
		ranMs: number,
	) => void;
}

const maxFailures = 3;
const failureDelayMs = 2_000;
/** A job during whose runs the gateway died this often is probably why. */
const maxInterruptions = 10;
/** How long a job waits for an engine that is not ready. */
const maxWaitMs = 24 * 3_600_000;

/** Takes jobs from their queues, runs them on engines and writes how they ended. */
export class Runner {
	readonly #options: RunnerOptions;
	readonly #dispatchers = new Map<string, Dispatcher<RunEntry>>();

	constructor(options: RunnerOptions) {
		this.#options = options;
	}

	/** `abandoned`: queues in the store that no configured engine has any more. */
	start(abandoned: readonly string[]): void {
		const { config, boss, slotLocks, log } = this.#options;
		const slots = new Map<string, number>();
		for (const [name, engine] of Object.entries(config.engines)) {
			slots.set(queueNameOf(name, engine), engine.slots);
		}
		for (const name of [...slots.keys(), ...abandoned]) {
			const queue: RunQueue = new Queue<RunEntry>(boss, name);
			const count = slots.get(name) ?? 1;
			const dispatcher = new Dispatcher({
				queue,
				capacity: async () => (this.#mayTake(name) ? await slotLocks.held(name, count) : 0),
				run: async (claim, signal) => await this.#run(queue, claim, signal),
				onError: (error) => log.error({ err: error, queue: name }, 'queue'),
			});
			this.#dispatchers.set(name, dispatcher);
			dispatcher.start();
		}
	}

	get activeCount(): number {
		return [...this.#dispatchers.values()].reduce((sum, each) => sum + each.activeCount, 0);
	}

	/** Something was announced for this queue, or for all when the name is empty. */
	wake(queueName: string): void {
		if (queueName !== '') return this.#dispatchers.get(queueName)?.wake();
		for (const dispatcher of this.#dispatchers.values()) dispatcher.wake();
	}

	async stop(graceMs: number): Promise<void> {
		await Promise.all([...this.#dispatchers.values()].map((each) => each.stop(graceMs)));
	}

	/** Leaves a queue alone while none of its engines can be tried. */
	#mayTake(queueName: string): boolean {
		const engines = [...this.#options.engines.values()].filter(
			(runtime) => queueNameOf(runtime.name, runtime.config) === queueName,
		);
		if (engines.length === 0) return true;
		const waitMs = Math.min(...engines.map((runtime) => runtime.breaker.waitMs));
		if (waitMs > 0) this.#dispatchers.get(queueName)?.wakeIn(waitMs);
		return waitMs === 0;
	}

	async #run(queue: RunQueue, claim: Claim<RunEntry>, signal: AbortSignal): Promise<void> {
		const { config, database, engines, storage, announce, onEnd } = this.#options;
		const model = config.models[claim.data.model];
		const queueName = queueNameForModel(config, claim.data.model);
		const runtime = model && engines.get(model.engine);
		if (queueName !== undefined && queueName !== queue.name) {
			return await this.#moveTo(queueName, queue, claim);
		}
		if (runtime && !runtime.breaker.tryAcquire()) {
			return await this.#putBack(queue, claim, runtime.breaker.waitMs);
		}
		const job = await database.transaction(async (sql) => {
			const begun = await beginRun(sql, claim.id);
			if (begun?.run === 1) await announce(sql, begun, 'IN_PROGRESS');
			return begun;
		});
		if (job === undefined) {
			// It has ended, and the process died before it could say so to the queue; or it is deleted.
			runtime?.breaker.releaseProbe();
			return await queue.complete(claim);
		}
		const log = this.#options.log.child({ processId: job.id, model: job.model, run: job.run });
		if (model === undefined || runtime === undefined) {
			return await this.#end(queue, claim, job, 'FAILED', {
				errorMessage: `No engine answers '${job.model}' any more: models.${job.model} is gone from the configuration`,
			});
		}
		if (job.interruptions > maxInterruptions) {
			runtime.breaker.releaseProbe();
			return await this.#end(queue, claim, job, 'FAILED', {
				errorMessage: `The gateway ended ${job.interruptions} times while it ran this job`,
			});
		}
		const startedMs = Date.now();
		const progress = new ProgressLog(log);
		log.info(
			{ engine: runtime.name, waitedMs: startedMs - job.createdAt.getTime() },
			'job started',
		);
		const outcome = await runJob(job, model, runtime, {
			storage,
			openInput: this.#options.openInput,
			onProgress: (fraction) => progress.report(fraction),
			log: (message) => log.info({ engine: runtime.name }, message),
			signal,
		}).finally(() => progress.stop());
		record(runtime, outcome);
		const status = await this.#settle(queue, claim, job, runtime, outcome);
		const ranMs = Date.now() - startedMs;
		log.info({ engine: runtime.name, status, ranMs, ...reason(outcome) }, 'job run ended');
		if (status === 'COMPLETED' || status === 'FAILED')
			onEnd(job, status, startedMs - job.createdAt.getTime(), ranMs);
	}

	async #settle(
		queue: RunQueue,
		claim: Claim<RunEntry>,
		job: Job,
		runtime: EngineRuntime,
		outcome: RunOutcome,
	): Promise<JobStatus> {
		const fail = async (errorMessage: string): Promise<JobStatus> => {
			await this.#end(queue, claim, job, 'FAILED', { errorMessage });
			return 'FAILED';
		};
		switch (outcome.kind) {
			case 'completed':
				await this.#end(queue, claim, job, 'COMPLETED', outcome.result);
				return 'COMPLETED';
			case 'refused':
				return await fail(outcome.message);
			case 'failed': {
				const failures = job.failures + 1;
				if (failures >= maxFailures) return await fail(outcome.message);
				await this.#putBack(queue, claim, failureDelayMs * 2 ** job.failures, job, failures);
				return 'IN_QUEUE';
			}
			case 'notReady':
				if (Date.now() - job.createdAt.getTime() > maxWaitMs) {
					return await fail(
						`The engine '${runtime.name}' was not ready for a day: ${outcome.message}`,
					);
				}
				await this.#putBack(queue, claim, runtime.breaker.waitMs, job);
				return 'IN_QUEUE';
			case 'stopped':
				await this.#putBack(queue, claim, 0, job);
				return 'IN_QUEUE';
		}
	}

	async #end(
		queue: RunQueue,
		claim: Claim<RunEntry>,
		job: Job,
		status: 'COMPLETED' | 'FAILED',
		result: JobResult,
	): Promise<void> {
		const ended = await this.#options.database.transaction(async (sql) => {
			const mine = await endJob(sql, job, status, result);
			if (mine) await this.#options.announce(sql, job, status, result);
			await queue.complete(claim, sql);
			return mine;
		});
		if (ended) await this.#options.storage.remove('inputs', job.id).catch(() => undefined);
	}

	/** Nothing was begun, or `job` has begun and goes back with that many failures. */
	async #putBack(
		queue: RunQueue,
		claim: Claim<RunEntry>,
		delayMs: number,
		job?: Job,
		failures = job?.failures ?? 0,
	): Promise<void> {
		await this.#options.database.transaction(async (sql) => {
			if (job) await requeueJob(sql, job, failures);
			await queue.putBack(sql, claim, delayMs);
		});
		this.#dispatchers.get(queue.name)?.wakeIn(delayMs);
	}

	/** The configuration has given the model to another engine meanwhile. */
	async #moveTo(queueName: string, from: RunQueue, claim: Claim<RunEntry>): Promise<void> {
		await this.#options.database.transaction(async (sql) => {
			await from.complete(claim, sql);
			await new Queue<RunEntry>(this.#options.boss, queueName).send(sql, claim.id, claim.data);
		});
		this.#dispatchers.get(queueName)?.wake();
	}
}

function record({ breaker }: EngineRuntime, outcome: RunOutcome): void {
	switch (outcome.kind) {
		case 'completed':
			return breaker.recordSuccess();
		case 'refused':
		case 'failed':
			if (outcome.engineIs === 'well') return breaker.recordSuccess();
			if (outcome.engineIs === 'faulty') return breaker.recordFailure();
			return breaker.releaseProbe();
		case 'notReady':
			return breaker.recordNotReady(outcome.retryAfterMs);
		case 'stopped':
			return breaker.releaseProbe();
	}
}

function reason(outcome: RunOutcome): { reason?: string } {
	return 'message' in outcome ? { reason: outcome.message } : {};
}
