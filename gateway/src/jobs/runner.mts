import type { FastifyBaseLogger } from 'fastify';
import type { PgBoss } from 'pg-boss';
import type { Config } from '../config/config.mts';
import type { EngineFile } from '../engines/engine.mts';
import type { Storage } from '../files/storage.mts';
import { Batch } from '../store/batch.mts';
import type { Database } from '../store/database.mts';
import { Dispatcher } from './dispatcher.mts';
import { type EngineRuntime, queueNameForModel, queueNameOf } from './engine-runtime.mts';
import type { Job } from './job.mts';
import { beginRuns } from './job-store.mts';
import { ProgressLog } from './progress-log.mts';
import { type Claim, Queue } from './queue.mts';
import { runJob, type RunOutcome } from './run-job.mts';
import {
	type Announce,
	type RunEntry,
	type RunQueue,
	Settlement,
	type Taken,
} from './settlement.mts';
import type { SlotLocks } from './slot-locks.mts';

export interface RunnerOptions {
	readonly config: Config;
	readonly database: Database;
	readonly boss: PgBoss;
	readonly storage: Storage;
	readonly engines: ReadonlyMap<string, EngineRuntime>;
	readonly slotLocks: SlotLocks;
	readonly log: FastifyBaseLogger;
	readonly openInput: (job: Job, signal: AbortSignal) => Promise<EngineFile | undefined>;
	readonly announce: Announce;
	/** For the metrics. */
	readonly onEnd: (
		job: Job,
		status: 'COMPLETED' | 'FAILED',
		waitedMs: number,
		ranMs: number,
	) => void;
}

/** A job during whose runs the gateway died this often is probably why. */
const maxInterruptions = 10;

/** Takes jobs from their queues, runs them on engines and writes how they ended. */
export class Runner {
	readonly #options: RunnerOptions;
	readonly #settlement: Settlement;
	readonly #dispatchers = new Map<string, Dispatcher<RunEntry>>();
	readonly #begins = new Batch<string, Job | undefined>(
		async (ids) => await beginRuns(this.#options.database, ids),
	);

	constructor(options: RunnerOptions) {
		this.#options = options;
		this.#settlement = new Settlement({
			...options,
			onAvailable: (name, delayMs) => this.#dispatchers.get(name)?.wakeIn(delayMs),
		});
	}

	/** `abandoned`: queues in the store that no configured engine has any more. */
	start(abandoned: readonly string[]): void {
		const { config, boss, database, slotLocks, log } = this.#options;
		const slots = new Map<string, number>();
		for (const [name, engine] of Object.entries(config.engines)) {
			slots.set(queueNameOf(name, engine), engine.slots);
		}
		for (const name of [...slots.keys(), ...abandoned]) {
			const queue: RunQueue = new Queue<RunEntry>(boss, name);
			const count = slots.get(name) ?? 1;
			const dispatcher = new Dispatcher({
				queue,
				readAhead: database.kind === 'embedded' ? count : 0,
				capacity: async () => (this.#mayTake(name) ? await slotLocks.held(name, count) : 0),
				run: async (claim, signal) => await this.#run({ queue, claim }, signal),
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

	async #run(taken: Taken, signal: AbortSignal): Promise<void> {
		const { config, engines, storage, onEnd } = this.#options;
		const { queue, claim } = taken;
		const model = config.models[claim.data.model];
		const queueName = queueNameForModel(config, claim.data.model);
		const runtime = model && engines.get(model.engine);
		if (queueName !== undefined && queueName !== queue.name) {
			await this.#settlement.moveTo(queueName, taken);
			return;
		}
		if (runtime && !runtime.breaker.tryAcquire()) {
			await this.#settlement.putBack(taken, runtime.breaker.waitMs);
			return;
		}
		const job = await this.#begin(claim);
		const unrunnable = job && whyNotRun(job, runtime);
		if (job === undefined || unrunnable !== undefined || !model || !runtime) {
			runtime?.breaker.releaseProbe();
			// Without a job: it has ended, and the process died before it could tell the queue.
			if (job === undefined) await queue.complete(claim);
			else await this.#settlement.fail(taken, job, unrunnable ?? 'No engine');
			return;
		}
		const log = this.#options.log.child({ processId: job.id, model: job.model, run: job.run });
		const startedMs = Date.now();
		const waitedMs = startedMs - job.createdAt.getTime();
		const progress = new ProgressLog(log);
		log.info({ engine: runtime.name, waitedMs }, 'job started');
		const outcome = await runJob(job, model, runtime, {
			storage,
			openInput: this.#options.openInput,
			onProgress: (fraction) => progress.report(fraction),
			log: (message) => log.info({ engine: runtime.name }, message),
			signal,
		}).finally(() => progress.stop());
		record(runtime, outcome);
		const status = await this.#settlement.settle(taken, job, runtime, outcome);
		const ranMs = Date.now() - startedMs;
		log.info({ engine: runtime.name, status, ranMs, ...reason(outcome) }, 'job run ended');
		if (status === 'COMPLETED' || status === 'FAILED') onEnd(job, status, waitedMs, ranMs);
	}

	async #begin(claim: Claim<RunEntry>): Promise<Job | undefined> {
		const { database, announce } = this.#options;
		// Alone, the statement needs no transaction, and serves several jobs at once.
		if (!claim.data.webhook) return await this.#begins.add(claim.id);
		return await database.transaction(async (sql) => {
			const [job] = await beginRuns(sql, [claim.id]);
			if (job?.run === 1) await announce(sql, job, 'IN_PROGRESS');
			return job;
		});
	}
}

function whyNotRun(job: Job, runtime: EngineRuntime | undefined): string | undefined {
	if (runtime === undefined) {
		return `No engine answers '${job.model}' any more: models.${job.model} is gone from the configuration`;
	}
	return job.interruptions > maxInterruptions
		? `The gateway ended ${job.interruptions} times while it ran this job`
		: undefined;
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
