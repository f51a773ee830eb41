import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineRuntime } from '../jobs/engine-runtime.mts';
import { countByModel } from '../jobs/job-store.mts';
import type { Database } from '../store/database.mts';

/** Up to an hour; engines differ that much. */
const secondsBuckets = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];

/** Figures for Prometheus. Labels are few: never a process id, a key or a prompt. */
export class Metrics {
	readonly #registry = new Registry();
	readonly #accepted: Counter<'model'>;
	readonly #ended: Counter<'model' | 'state'>;
	readonly #waitSeconds: Histogram<'model'>;
	readonly #runSeconds: Histogram<'model'>;
	readonly #callbacks: Counter<'outcome'>;
	readonly #bytesReceived: Counter;

	constructor(database: Database, engines: ReadonlyMap<string, EngineRuntime>) {
		const registers = [this.#registry];
		collectDefaultMetrics({ register: this.#registry });
		this.#accepted = new Counter({
			name: 'gateway_jobs_accepted_total',
			help: 'Jobs accepted',
			labelNames: ['model'],
			registers,
		});
		this.#ended = new Counter({
			name: 'gateway_jobs_ended_total',
			help: 'Jobs ended here, by state',
			labelNames: ['model', 'state'],
			registers,
		});
		this.#waitSeconds = new Histogram({
			name: 'gateway_job_wait_seconds',
			help: 'From acceptance to the last start',
			labelNames: ['model'],
			buckets: secondsBuckets,
			registers,
		});
		this.#runSeconds = new Histogram({
			name: 'gateway_job_run_seconds',
			help: 'Of the last run',
			labelNames: ['model'],
			buckets: secondsBuckets,
			registers,
		});
		this.#callbacks = new Counter({
			name: 'gateway_callbacks_total',
			help: 'Tries to deliver a callback, by outcome',
			labelNames: ['outcome'],
			registers,
		});
		this.#bytesReceived = new Counter({
			name: 'gateway_upload_bytes_total',
			help: 'Bytes received through upload links',
			registers,
		});
		new Gauge({
			name: 'gateway_jobs_unfinished',
			help: 'Jobs not ended yet, by state',
			labelNames: ['model', 'state'],
			registers,
			async collect() {
				this.reset();
				for (const { model, status, count } of await countByModel(database)) {
					this.set({ model, state: status }, count);
				}
			},
		});
		new Gauge({
			name: 'gateway_engine_up',
			help: '1 while jobs are sent to the engine, 0 while its circuit is open',
			labelNames: ['engine'],
			registers,
			collect() {
				for (const { name, breaker } of engines.values()) {
					this.set({ engine: name }, breaker.state === 'closed' ? 1 : 0);
				}
			},
		});
	}

	accepted(model: string): void {
		this.#accepted.inc({ model });
	}

	ended(model: string, state: 'COMPLETED' | 'FAILED', waitedMs: number, ranMs: number): void {
		this.#ended.inc({ model, state });
		this.#waitSeconds.observe({ model }, waitedMs / 1000);
		this.#runSeconds.observe({ model }, ranMs / 1000);
	}

	callback(outcome: 'delivered' | 'failed' | 'given up'): void {
		this.#callbacks.inc({ outcome });
	}

	received(bytes: number): void {
		this.#bytesReceived.inc(bytes);
	}

	get contentType(): string {
		return this.#registry.contentType;
	}

	async text(): Promise<string> {
		return await this.#registry.metrics();
	}
}
