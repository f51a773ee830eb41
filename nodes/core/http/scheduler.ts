import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';
import { createCircuitBreaker } from './circuitBreaker';
import { DeadlineQueue } from './deadlineQueue';
import { createRateLimiter } from './rateLimiter';

/**
 * Decides when a request may start, for all requests of an execution, or of all callbacks of an account: a queue per pool
 * and priority, and one timer. A request starts when a slot of its pool is free, no pause is on, the rate allows it, and,
 * for a submission, the circuit does.
 */
export interface Scheduler {
	/**
	 * Waits until the request may start; the slot counts as taken from then on.
	 * @returns undefined when a rate limit keeps it from starting in time
	 * @throws CancelledError when its signal fires before
	 */
	acquire(request: QueuedRequest): Promise<Slot | undefined>;
}

/** Who goes first among requests that may start. */
export type Priority = 'retry' | 'submit' | 'normal';

export interface QueuedRequest {
	readonly pool: Pool;
	readonly priority: Priority;
	/** Whether the API's rate limit applies: not to storage and deployments, nor to what must leave after a stop. */
	readonly rateLimited: boolean;
	/** Whether it starts something that is paid for: held back while the API is down, and while requests are scarce. */
	readonly billed: boolean;
	/**
	 * A moment of the host's clock, Infinity for none. A request that a rate limit keeps beyond it is given up; a submission
	 * that an outage keeps waiting starts then.
	 */
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** API requests and file transfers have slots of their own. */
type Pool = 'request' | 'transfer';

/** A request that has started. Its outcome is to be reported before it is released, so that the next one knows. */
export interface Slot {
	/** Moment of the host's clock. */
	readonly startedAt: number;
	report(outcome: Outcome): void;
	release(): void;
}

/** What the outcome of a request says about the API. */
export interface Outcome {
	/** `answered`: refused with another status, or unreadable; the API is there. */
	readonly kind: 'ok' | 'answered' | 'rateLimited' | 'down';
	/** How long the API asks not to be called. */
	readonly retryAfterMs?: number;
}

const maxSlots: Readonly<Record<Pool, number>> = { request: 10, transfer: 4 };

/** A submission goes before polls: what it starts takes its time at the service. */
const usualOrder: readonly Priority[] = ['retry', 'submit', 'normal'];
/** Where requests are scarce, what is paid already must not run out of time while more is started. */
const throttledOrder: readonly Priority[] = ['retry', 'normal', 'submit'];

/** Why the timer ends early. Without a reason the platform makes one each time, with a stack. */
const rescheduled = new CancelledError();

interface Waiting {
	readonly deadline: number;
	readonly request: QueuedRequest;
	settle(slot: Slot | undefined): void;
}

/** Requests that differ in nothing but their deadlines: if the first has to wait, all have to. */
type Queue = DeadlineQueue<Waiting>;
type Queues = Readonly<Record<Priority, { readonly exempt: Queue; readonly limited: Queue }>>;

const createQueues = (): Queues => {
	const both = () => ({
		exempt: new DeadlineQueue<Waiting>(),
		limited: new DeadlineQueue<Waiting>(),
	});
	return { retry: both(), submit: both(), normal: both() };
};

/** @param host only its clock is used, so that the scheduler may outlive an execution */
export function createScheduler(host: Pick<Host, 'now' | 'random' | 'sleep'>): Scheduler {
	const rateLimiter = createRateLimiter(host);
	const circuit = createCircuitBreaker(host);
	const free: Record<Pool, number> = { ...maxSlots };
	const queues: Readonly<Record<Pool, Queues>> = {
		request: createQueues(),
		transfer: createQueues(),
	};
	/** They take turns: one alone could use up a scarce rate. */
	let pools: readonly Pool[] = ['request', 'transfer'];
	let timer = new AbortController();
	let timerAt = Infinity;

	/** Starts what may start now, gives up on what is too late, and sets the timer for the rest. */
	const run = (): void => {
		const now = host.now();
		const order = rateLimiter.isThrottled(now) ? throttledOrder : usualOrder;
		let next = Infinity;
		for (const pool of pools) {
			for (const priority of order) {
				const { exempt, limited } = queues[pool][priority];
				next = Math.min(next, runQueue(exempt, now), runQueue(limited, now));
			}
		}
		setTimer(next, now);
	};

	/** @returns when the next one may start; Infinity if there is none, or if it takes a slot or the end of another one */
	const runQueue = (queue: Queue, now: number): number => {
		for (let [first] = queue; first !== undefined; [first] = queue) {
			const { request } = first;
			const late = queue.removeDueBefore(lateBefore(request, now));
			for (const waiting of late) waiting.settle(undefined);
			if (late.length > 0) continue;
			if (free[request.pool] === 0) break;
			const startAt = nextStart(request, now);
			if (startAt > now) return startAt;
			queue.delete(first);
			// Cancelled together with others, it is about to be told so.
			if (!request.signal.aborted) first.settle(start(request, now));
		}
		return Infinity;
	};

	/** Deadlines before this moment can no longer be met. */
	const lateBefore = ({ rateLimited, billed }: QueuedRequest, now: number): number => {
		const allowedAt = rateLimited ? rateLimiter.nextStart(now) : now;
		if (allowedAt > now) return allowedAt;
		// Normally a submission may start late; while requests are scarce, others are paid for already.
		return billed && rateLimiter.isThrottled(now) ? now : -Infinity;
	};

	/** The moment at which a request may start, slots aside. */
	const nextStart = ({ rateLimited, billed, deadline }: QueuedRequest, now: number): number => {
		const allowedAt = rateLimited ? rateLimiter.nextStart(now) : now;
		if (allowedAt > now || !billed) return allowedAt;
		const { retry, normal } = queues.request;
		const pollsWait = retry.limited.size + normal.limited.size > 0;
		// Until the polls before it have started: each of them runs this again.
		if (pollsWait && rateLimiter.isThrottled(now)) return Infinity;
		return circuit.nextStart(now, deadline);
	};

	const start = ({ pool, rateLimited, billed, deadline }: QueuedRequest, now: number): Slot => {
		free[pool] -= 1;
		if (rateLimited) {
			rateLimiter.recordStart(now);
			pools = pool === 'request' ? ['transfer', 'request'] : ['request', 'transfer'];
		}
		const isProbe = billed && circuit.recordStart(now, deadline);
		return {
			startedAt: now,
			report({ kind, retryAfterMs }) {
				if (rateLimited && kind === 'rateLimited') rateLimiter.onRateLimited(now, retryAfterMs);
				if (rateLimited && kind === 'ok') rateLimiter.onSuccess();
				if (billed && kind === 'down') circuit.recordFailure(now, retryAfterMs);
				else if (billed) circuit.recordSuccess(now);
			},
			release() {
				if (isProbe) circuit.releaseProbe();
				free[pool] += 1;
				run();
			},
		};
	};

	const setTimer = (at: number, now: number): void => {
		// A timer for an earlier moment stays: `run` then sets the next one.
		if (at >= timerAt && at !== Infinity) return;
		timer.abort(rescheduled);
		timerAt = at;
		if (at === Infinity) return;
		timer = new AbortController();
		host.sleep(at - now, timer.signal).then(
			() => {
				timerAt = Infinity;
				run();
			},
			() => undefined,
		);
	};

	return {
		acquire: (request) =>
			new Promise((resolve, reject) => {
				const { pool, priority, rateLimited, deadline, signal } = request;
				if (signal.aborted) {
					reject(new CancelledError());
					return;
				}
				const queue = queues[pool][priority][rateLimited ? 'limited' : 'exempt'];
				const unsubscribe = onAbort(signal, () => {
					queue.delete(waiting);
					reject(new CancelledError());
					// Many may be cancelled together: the last one of a queue is enough to go on with others.
					if (queue.size === 0) run();
				});
				const waiting: Waiting = {
					deadline,
					request,
					settle(slot) {
						unsubscribe();
						resolve(slot);
					},
				};
				queue.add(waiting);
				run();
			}),
	};
}
