import { setTimeout as sleep } from 'node:timers/promises';

/** Lets a loop sleep until there may be something to do. A wake while nobody waits is kept. */
export class WakeSignal {
	#pending = false;
	#controller: AbortController | undefined;

	wake(): void {
		this.#pending = true;
		this.#controller?.abort();
	}

	/** Ends at the next wake, at once when one is pending, and after `maxMs` at the latest. */
	async wait(maxMs: number): Promise<void> {
		if (!this.#pending) {
			this.#controller = new AbortController();
			await sleep(maxMs, undefined, { signal: this.#controller.signal }).catch(() => undefined);
			this.#controller = undefined;
		}
		this.#pending = false;
	}
}
