import type { FastifyBaseLogger } from 'fastify';

const intervalMs = 10_000;

/** Writes a line on long work now and then: how far it is, or only that it goes on. */
export class ProgressLog {
	readonly #timer: NodeJS.Timeout;
	#fraction: number | undefined;

	constructor(log: FastifyBaseLogger, now: () => number = Date.now) {
		const startedMs = now();
		this.#timer = setInterval(() => {
			const seconds = Math.round((now() - startedMs) / 1000);
			const percent = this.#fraction === undefined ? '' : `, ${Math.round(this.#fraction * 100)} %`;
			log.info(`still running after ${seconds} s${percent}`);
		}, intervalMs);
		this.#timer.unref();
	}

	/** 0 to 1. */
	report(fraction: number): void {
		this.#fraction = Math.min(1, Math.max(0, fraction));
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}
