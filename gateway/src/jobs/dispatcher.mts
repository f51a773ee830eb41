import type { Claim, Queue } from './queue.mts';
import { heartbeatIntervalMs } from './queue.mts';
import { WakeSignal } from './wake-signal.mts';

/** How often an idle queue is looked at although nothing was announced: entries put back by others. */
const backstopMs = 2_000;

export interface DispatcherOptions<Data extends object> {
	readonly queue: Pick<Queue<Data>, 'name' | 'take' | 'touch'>;
	/** How many entries may run here now; asked before each look at the queue. */
	capacity(): number | Promise<number>;
	/**
	 * How many entries may be taken beyond that, to wait here: a look at the queue costs as much as all
	 * else about a short job. Only where no other process could run them meanwhile.
	 */
	readonly readAhead?: number;
	/** Runs one entry and settles it. `signal` is aborted when the gateway stops. */
	run(claim: Claim<Data>, signal: AbortSignal): Promise<void>;
	readonly onError: (error: unknown) => void;
}

/** Takes entries of one queue as long as there is room, and keeps those that run alive. */
export class Dispatcher<Data extends object = object> {
	readonly #options: DispatcherOptions<Data>;
	readonly #wakeSignal = new WakeSignal();
	readonly #active = new Map<Claim<Data>, Promise<void>>();
	/** Taken ahead, not begun. When the process ends, the next one finds them in the queue. */
	readonly #waiting: Claim<Data>[] = [];
	readonly #abort = new AbortController();
	#stopping = false;
	#loop: Promise<void> | undefined;
	#heartbeat: NodeJS.Timeout | undefined;
	#timer: NodeJS.Timeout | undefined;
	#timerAtMs = 0;

	constructor(options: DispatcherOptions<Data>) {
		this.#options = options;
	}

	get activeCount(): number {
		return this.#active.size;
	}

	start(): void {
		this.#loop = this.#dispatch();
		this.#heartbeat = setInterval(() => {
			this.#options.queue
				.touch([...this.#active.keys(), ...this.#waiting])
				.catch(this.#options.onError);
		}, heartbeatIntervalMs);
	}

	/** There may be something to take. */
	wake(): void {
		this.#wakeSignal.wake();
	}

	/** There will be something to take in `delayMs`. */
	wakeIn(delayMs: number): void {
		const atMs = Date.now() + delayMs;
		if (this.#timer && this.#timerAtMs <= atMs) return;
		clearTimeout(this.#timer);
		this.#timerAtMs = atMs;
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.wake();
		}, delayMs + 5);
		this.#timer.unref();
	}

	/** Takes nothing more, gives what runs `graceMs` to end, then aborts it. */
	async stop(graceMs: number): Promise<void> {
		this.#stopping = true;
		this.wake();
		await this.#loop;
		const timer = setTimeout(() => this.#abort.abort(new StoppedError()), graceMs);
		await Promise.all(this.#active.values());
		clearTimeout(timer);
		clearInterval(this.#heartbeat);
	}

	async #dispatch(): Promise<void> {
		while (!this.#stopping) {
			await this.#takeSome().catch(this.#options.onError);
			// Either all places are taken, or the queue is empty: the end of a job or a new one wakes.
			await this.#wakeSignal.wait(backstopMs);
		}
	}

	async #takeSome(): Promise<void> {
		const free = (await this.#options.capacity()) - this.#active.size;
		if (free <= 0 || this.#stopping) return;
		const missing = free - this.#waiting.length;
		if (missing > 0) {
			const taken = await this.#options.queue.take(missing + (this.#options.readAhead ?? 0));
			this.#waiting.push(...taken);
		}
		for (const claim of this.#waiting.splice(0, free)) this.#start(claim);
	}

	#start(claim: Claim<Data>): void {
		const running = this.#options
			.run(claim, this.#abort.signal)
			.catch(this.#options.onError)
			.finally(() => {
				this.#active.delete(claim);
				this.wake();
			});
		this.#active.set(claim, running);
	}
}

/** The gateway stops: what runs goes back to the queue. */
export class StoppedError extends Error {
	override readonly name = 'StoppedError';
	constructor() {
		super('The gateway is stopping');
	}
}
