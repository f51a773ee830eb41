import { setMaxListeners } from 'node:events';

import { sendOut, type Answer, type Outgoing } from './outgoing.cjs';

/** Callbacks in flight at once; others queue. */
const maxConcurrent = 50;

/** How long a receiver of callbacks has to answer. */
const callbackTimeoutMs = 30_000;

/** Sends callbacks, and cancels them together. */
export class Outbox {
	private current = newController();
	private open = 0;
	private readonly waiting: Array<() => void> = [];

	/** Aborted by the next `clear`: a delayed sender keeps the signal it started with. */
	get signal(): AbortSignal {
		return this.current.signal;
	}

	/**
	 * Sends when there is room.
	 * @throws the signal's reason once it is aborted: the answer then belongs to the past
	 */
	async send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer> {
		await this.enter();
		try {
			signal.throwIfAborted();
			const answer = await sendOut(outgoing, { timeoutMs: callbackTimeoutMs, signal });
			signal.throwIfAborted();
			return answer;
		} finally {
			this.leave();
		}
	}

	/** Cancels what is in flight and what is queued. */
	clear(): void {
		this.current.abort();
		this.current = newController();
	}

	private async enter(): Promise<void> {
		if (this.open < maxConcurrent) this.open += 1;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	/** The slot is handed to the next in the queue, so that later callers cannot overtake it. */
	private leave(): void {
		const next = this.waiting.shift();
		if (next === undefined) this.open -= 1;
		else next();
	}
}

function newController(): AbortController {
	const controller = new AbortController();
	// Hundreds of jobs listen to it: that is no leak.
	setMaxListeners(0, controller.signal);
	return controller;
}
