import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { PgBoss } from 'pg-boss';
import { AddressRefusedError } from '../files/address-policy.mts';
import { requestPinned } from '../files/pinned-request.mts';
import { Dispatcher } from '../jobs/dispatcher.mts';
import type { Job, JobResult, JobStatus } from '../jobs/job.mts';
import { type Claim, Queue } from '../jobs/queue.mts';
import type { Database, Sql } from '../store/database.mts';

export const callbackQueueName = 'callback';

/** A callback as MonsterAPI sends it, and where to. The queue's entry id is its delivery id. */
interface Delivery {
	readonly url: string;
	readonly createdMs: number;
	readonly body: {
		readonly process_id: string;
		readonly model_name: string;
		readonly status: JobStatus;
		readonly result?: JobResult;
	};
}

const concurrency = 32;
/** A receiver that hangs holds no more than its share. */
const concurrencyPerHost = 4;
const timeoutMs = 20_000;
const minBackoffMs = 1_000;
const maxBackoffMs = 15 * 60_000;
const giveUpMs = 24 * 3_600_000;

export interface CallbacksOptions {
	readonly boss: PgBoss;
	readonly database: Database;
	readonly allowPrivateAddresses: boolean;
	readonly log: FastifyBaseLogger;
	readonly onDelivery: (outcome: 'delivered' | 'failed' | 'given up') => void;
}

/** Tells webhooks about jobs: in order for each job, again and again for a day. */
export class Callbacks {
	readonly #options: CallbacksOptions;
	readonly #queue: Queue<Delivery>;
	readonly #dispatcher: Dispatcher<Delivery>;

	constructor(options: CallbacksOptions) {
		this.#options = options;
		this.#queue = new Queue<Delivery>(options.boss, callbackQueueName, {
			ordered: true,
			concurrencyPerGroup: concurrencyPerHost,
		});
		this.#dispatcher = new Dispatcher({
			queue: this.#queue,
			capacity: () => concurrency,
			run: async (claim, signal) => await this.#deliver(claim, signal),
			onError: (error) => options.log.error({ err: error }, 'callbacks'),
		});
	}

	async createQueue(): Promise<void> {
		await this.#queue.create();
	}

	async reclaimAll(): Promise<void> {
		await this.#queue.reclaimAll(this.#options.database);
	}

	start(): void {
		this.#dispatcher.start();
	}

	wake(): void {
		this.#dispatcher.wake();
	}

	async stop(graceMs: number): Promise<void> {
		await this.#dispatcher.stop(graceMs);
	}

	/** Queues a callback in the transaction that changes the job. */
	async announce(sql: Sql, job: Job, status: JobStatus, result?: JobResult): Promise<void> {
		if (job.webhookUrl === undefined) return;
		const body = {
			process_id: job.id,
			model_name: job.model,
			status,
			...(result === undefined ? {} : { result }),
		};
		const delivery = { url: job.webhookUrl, createdMs: Date.now(), body };
		const group = new URL(job.webhookUrl).host;
		await this.#queue.send(sql, [{ id: randomUUID(), data: delivery, orderKey: job.id, group }]);
	}

	async #deliver(claim: Claim<Delivery>, signal: AbortSignal): Promise<void> {
		const { log, onDelivery } = this.#options;
		const { url, body, createdMs } = claim.data;
		const bindings = { processId: body.process_id, status: body.status, host: new URL(url).host };
		const problem = await this.#send(claim, signal);
		if (problem === undefined) {
			await this.#queue.complete(claim);
			onDelivery('delivered');
			return;
		}
		if (problem.final || Date.now() - createdMs > giveUpMs) {
			log.error({ ...bindings, problem: problem.message }, 'callback given up');
			await this.#queue.complete(claim);
			onDelivery('given up');
			return;
		}
		const delayMs = signal.aborted ? 0 : backoffMs(claim.retryCount);
		log.warn({ ...bindings, problem: problem.message, delayMs }, 'callback failed');
		await this.#options.database.transaction(async (sql) => {
			await this.#queue.putBack(sql, claim, delayMs);
		});
		this.#dispatcher.wakeIn(delayMs);
		onDelivery('failed');
	}

	/** Undefined when the receiver has it. */
	async #send(
		claim: Claim<Delivery>,
		signal: AbortSignal,
	): Promise<{ message: string; final: boolean } | undefined> {
		try {
			const { statusCode, body } = await requestPinned(new URL(claim.data.url), {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'user-agent': 'monsterapi-gateway',
					// The same for every try, so that a receiver can recognise a repetition.
					'x-delivery-id': claim.id,
					'x-delivery-attempt': String(claim.retryCount + 1),
				},
				body: JSON.stringify(claim.data.body),
				signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
				timeoutMs,
				allowPrivateAddresses: this.#options.allowPrivateAddresses,
			});
			body.destroy();
			if (statusCode >= 200 && statusCode < 300) return undefined;
			// 410: the receiver says that it will never want it.
			return { message: `answered ${statusCode}`, final: statusCode === 410 };
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			return { message, final: error instanceof AddressRefusedError };
		}
	}
}

/** Doubles up to a quarter of an hour, with jitter. */
function backoffMs(retries: number): number {
	const full = Math.min(maxBackoffMs, minBackoffMs * 2 ** Math.min(retries, 20));
	return full / 2 + Math.random() * (full / 2);
}
