import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';
import { createCircuitBreaker } from './circuitBreaker';
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
const byPriority: readonly Priority[] = ['retry', 'submit', 'normal'];
/** Where requests are scarce, what is paid already must not run out of time while more is started. */
const byPriorityWhenThrottled: readonly Priority[] = ['retry', 'normal', 'submit'];

interface Waiting {
	readonly request: QueuedRequest;
	settle(slot: Slot | undefined): void;
}

/** In order of arrival. */
interface Queue {
	readonly waiting: Set<Waiting>;
	/** No deadline is before this; those that have left may have been later. */
	earliestDeadline: number;
	/** Whether the requests differ in more than their deadlines. */
	isMixed: boolean;
}

type Queues = Readonly<Record<Priority, Queue>>;
const emptyQueue = (): Queue => ({
	waiting: new Set(),
	earliestDeadline: Infinity,
	isMixed: false,
});
const emptyQueues = (): Queues => ({
	retry: emptyQueue(),
	submit: emptyQueue(),
	normal: emptyQueue(),
});

function enqueue(queue: Queue, waiting: Waiting): void {
	const { rateLimited, billed, deadline } = waiting.request;
	for (const { request } of queue.waiting) {
		queue.isMixed ||= request.rateLimited !== rateLimited || request.billed !== billed;
		break;
	}
	if (queue.waiting.size === 0) {
		queue.isMixed = false;
		queue.earliestDeadline = Infinity;
	}
	queue.earliestDeadline = Math.min(queue.earliestDeadline, deadline);
	queue.waiting.add(waiting);
}

interface Limits {
	readonly now: number;
	/** From when on a request that the rate limit applies to may start. */
	readonly allowedAt: number;
	readonly isThrottled: boolean;
}

/** @param host only its clock is used, so that the scheduler may outlive an execution */
export function createScheduler(host: Pick<Host, 'now' | 'random' | 'sleep'>): Scheduler {
	const rateLimiter = createRateLimiter(host);
	const circuit = createCircuitBreaker(host);
	const free: Record<Pool, number> = { ...maxSlots };
	const queues: Readonly<Record<Pool, Queues>> = {
		request: emptyQueues(),
		transfer: emptyQueues(),
	};
	/** The pool whose turn it is goes first: one alone could use up a scarce rate. */
	let pools: readonly Pool[] = ['request', 'transfer'];
	let timer = new AbortController();
	let timerAt = Infinity;
	let isRunPlanned = false;

	/** Everything that `startOf` needs to know, read once: thousands may wait. */
	const readLimits = (now: number): Limits => ({
		now,
		allowedAt: rateLimiter.nextStart(now),
		isThrottled: rateLimiter.isThrottled(now),
	});

	/** Starts what may start now, gives up on what is too late, and sets the timer for the rest. */
	const run = (): void => {
		const now = host.now();
		let limits = readLimits(now);
		const order = limits.isThrottled ? byPriorityWhenThrottled : byPriority;
		let next = Infinity;
		for (const pool of pools) {
			for (const priority of order) {
				const queue = queues[pool][priority];
				let earliestDeadline = Infinity;
				let mayDiffer = queue.isMixed;
				for (const waiting of queue.waiting) {
					const { request } = waiting;
					if (free[pool] === 0) {
						earliestDeadline = queue.earliestDeadline;
						break;
					}
					// An earlier deadline never means a later start: if that one has to wait, all have to.
					const firstAt = mayDiffer ? now : startOf(request, limits, queue.earliestDeadline);
					if (firstAt !== undefined && firstAt > now) {
						earliestDeadline = queue.earliestDeadline;
						next = Math.min(next, firstAt);
						break;
					}
					mayDiffer = true;
					const startAt = startOf(request, limits);
					if (startAt !== undefined && startAt > now) {
						earliestDeadline = Math.min(earliestDeadline, request.deadline);
						next = Math.min(next, startAt);
						continue;
					}
					queue.waiting.delete(waiting);
					waiting.settle(startAt === undefined ? undefined : start(request, now));
					if (startAt === undefined) continue;
					limits = readLimits(now);
					mayDiffer = queue.isMixed;
				}
				queue.earliestDeadline = earliestDeadline;
			}
		}
		setTimer(next, now);
	};

	/** Once for all that are cancelled together. */
	const runSoon = (): void => {
		if (isRunPlanned) return;
		isRunPlanned = true;
		void Promise.resolve().then(() => {
			isRunPlanned = false;
			run();
		});
	};

	/** The moment at which a request may start, slots aside; undefined when that is too late. */
	const startOf = (
		request: QueuedRequest,
		limits: Limits,
		deadline = request.deadline,
	): number | undefined => {
		const { rateLimited, billed } = request;
		const { now, allowedAt, isThrottled } = limits;
		if (rateLimited && allowedAt > now) return deadline < allowedAt ? undefined : allowedAt;
		if (!billed) return now;
		if (isThrottled) {
			// Normally a submission may start late; while requests are scarce, others are paid for already.
			if (deadline < now) return undefined;
			// Until the polls before it have started: each of them runs this again.
			if (queues.request.retry.waiting.size + queues.request.normal.waiting.size > 0)
				return Infinity;
		}
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
				if (billed && kind !== 'down') circuit.recordSuccess(now);
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
		if (at === timerAt || (at > timerAt && at !== Infinity)) return;
		timer.abort(new CancelledError());
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
				if (request.signal.aborted) {
					reject(new CancelledError());
					return;
				}
				const queue = queues[request.pool][request.priority];
				const unsubscribe = onAbort(request.signal, () => {
					queue.waiting.delete(waiting);
					reject(new CancelledError());
					runSoon();
				});
				const waiting: Waiting = {
					request,
					settle(slot) {
						unsubscribe();
						resolve(slot);
					},
				};
				enqueue(queue, waiting);
				if (free[request.pool] === 0) return;
				// For one that has to wait, nobody else needs to be looked at.
				const now = host.now();
				const startAt = startOf(request, readLimits(now)) ?? now;
				if (startAt > now) setTimer(Math.min(startAt, timerAt), now);
				else run();
			}),
	};
}
