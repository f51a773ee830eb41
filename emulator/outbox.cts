import { setMaxListeners } from 'node:events';

import { sendOut, type Answer, type Outgoing } from './outgoing.cjs';

/** Callbacks on their way at once; more wait their turn. */
const mostAtOnce = 50;

/** How long a receiver of callbacks has to answer. */
const callbackTimeoutMs = 30_000;

/** Everything that the emulator sends of its own accord, so that it can be called off together. */
export class Outbox {
	private current = newController();
	private open = 0;
	private readonly waiting: Array<() => void> = [];

	/** Aborted by the next `clear`: whoever sends later than at once keeps the signal of its beginning. */
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

	/** Calls off what is on its way and what waits. */
	clear(): void {
		this.current.abort();
		this.current = newController();
	}

	private async enter(): Promise<void> {
		if (this.open < mostAtOnce) this.open += 1;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	/** The place goes straight to the next in line, so that nobody jumps the queue. */
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
