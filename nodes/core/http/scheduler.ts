import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';
import { createCircuitBreaker } from './circuitBreaker';
import { createRateLimiter } from './rateLimiter';

/**
 * Decides when a request may start, for all requests of an account together: one priority queue, one timer. A request
 * starts when a slot of its pool is free, no pause is on, the rate allows it, and for a submission the circuit does.
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
	/** The moment of the host's clock after which it makes no sense to start any more; Infinity for none. */
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** API requests and file transfers have slots of their own. */
export type Pool = 'request' | 'transfer';

/** A request that has started. Its outcome is to be reported before it is released, so that the next one knows. */
export interface Slot {
	/** Moment of the host's clock. */
	readonly startedAt: number;
	report(outcome: Outcome): void;
	release(): void;
}

/** What a request says about the API. */
export type Outcome =
	| { readonly kind: 'ok' | 'answered' }
	| { readonly kind: 'rateLimited' | 'down'; readonly retryAfterMs?: number };

const maxSlots: Readonly<Record<Pool, number>> = { request: 10, transfer: 4 };

/** A submission goes before polls: what it starts takes its time at the service. */
const priorities: readonly Priority[] = ['retry', 'submit', 'normal'];

interface Entry {
	readonly request: QueuedRequest;
	/** Its place among all requests, in the order in which they came. */
	readonly arrival: number;
	/** Ends the wait: with a slot, or with undefined when it is too late. */
	settle: (slot: Slot | undefined) => void;
}

/** Requests that differ in nothing but their age and deadline: if the first cannot start, none of them can. */
interface Queue {
	readonly traits: QueuedRequest;
	readonly entries: Set<Entry>;
}

/** Without a reason the platform makes one for each abort, with a stack. */
const rescheduled = new CancelledError();

/** @param host only its clock is used, so that the scheduler may outlive an execution */
export function createScheduler(host: Pick<Host, 'now' | 'random' | 'sleep'>): Scheduler {
	const rateLimiter = createRateLimiter(host);
	const circuit = createCircuitBreaker(host);
	const free: Record<Pool, number> = { ...maxSlots };
	const queues = new Map<string, Queue>();
	let arrivals = 0;
	/** No waiting request has an earlier deadline: thousands may wait, and are not searched each time. */
	let earliestDeadline = Infinity;
	let timer = new AbortController();
	let timerAt = Infinity;

	const queueFor = (request: QueuedRequest): Queue => {
		const { pool, priority, rateLimited, billed } = request;
		const key = `${pool} ${priority} ${rateLimited} ${billed}`;
		const queue = queues.get(key) ?? { traits: request, entries: new Set<Entry>() };
		queues.set(key, queue);
		return queue;
	};

	/** The moment at which the first request of a queue may start, slots aside. */
	const nextStart = ({ traits, entries }: Queue, now: number): number => {
		const [first] = entries;
		if (first === undefined) return Infinity;
		return Math.max(
			traits.rateLimited ? rateLimiter.nextStart(now) : now,
			traits.billed ? circuit.nextStart(first.request.deadline) : now,
		);
	};

	/** Where requests are scarce, what is paid already must not run out of time while more is started. */
	const mustYield = ({ traits }: Queue): boolean =>
		traits.billed &&
		rateLimiter.throttled &&
		[...queues.values()].some(
			(other) => other.traits.rateLimited && !other.traits.billed && other.entries.size > 0,
		);

	const goesBefore = (one: Queue, other: Queue | undefined): boolean => {
		if (other === undefined) return true;
		const rank = ({ traits }: Queue) => priorities.indexOf(traits.priority);
		const arrival = ({ entries: [first] }: Queue) => first?.arrival ?? Infinity;
		return (
			rank(one) - rank(other) < 0 || (rank(one) === rank(other) && arrival(one) < arrival(other))
		);
	};

	/** The request that starts now, if any may. */
	const takeNext = (now: number): Entry | undefined => {
		let next: Queue | undefined;
		for (const queue of queues.values()) {
			const mayStart =
				free[queue.traits.pool] > 0 && nextStart(queue, now) <= now && !mustYield(queue);
			if (mayStart && goesBefore(queue, next)) next = queue;
		}
		const [first] = next?.entries ?? [];
		if (first !== undefined) next?.entries.delete(first);
		return first;
	};

	const start = ({ request, settle }: Entry, now: number): void => {
		const { pool, rateLimited, billed, deadline } = request;
		free[pool] -= 1;
		if (rateLimited) rateLimiter.recordStart(now);
		const isProbe = billed && circuit.recordStart(deadline);
		settle({
			startedAt: now,
			report(outcome) {
				if (rateLimited && outcome.kind === 'rateLimited') {
					rateLimiter.onRateLimited(now, outcome.retryAfterMs);
				}
				if (rateLimited && outcome.kind === 'ok') rateLimiter.onSuccess();
				if (billed && outcome.kind === 'down') circuit.recordFailure(now, outcome.retryAfterMs);
				else if (billed) circuit.recordSuccess(now);
			},
			release() {
				if (isProbe) circuit.releaseProbe();
				free[pool] += 1;
				run();
			},
		});
	};

	/** Gives up on requests that a rate limit keeps from starting in time. */
	const rejectLate = (now: number): void => {
		const nextAt = rateLimiter.nextStart(now);
		const isLate = ({ rateLimited, billed, deadline }: QueuedRequest): boolean =>
			rateLimited &&
			deadline < (nextAt > now ? nextAt : billed && rateLimiter.throttled ? now : -1);
		if (earliestDeadline >= Math.max(nextAt, now)) return;
		earliestDeadline = Infinity;
		for (const { entries } of queues.values()) {
			for (const entry of entries) {
				if (isLate(entry.request)) {
					entries.delete(entry);
					entry.settle(undefined);
				} else if (entry.request.rateLimited) {
					earliestDeadline = Math.min(earliestDeadline, entry.request.deadline);
				}
			}
		}
	};

	/** Starts what may start now, and sets the timer for what may later. */
	const run = (): void => {
		const now = host.now();
		rejectLate(now);
		for (let entry = takeNext(now); entry !== undefined; entry = takeNext(now)) start(entry, now);
		rejectLate(now);
		let next = Infinity;
		for (const queue of queues.values()) {
			if (free[queue.traits.pool] > 0) {
				const at = nextStart(queue, now);
				// One that waits behind others follows when they have started.
				if (at > now) next = Math.min(next, at);
			}
		}
		setTimer(next, now);
	};

	const setTimer = (at: number, now: number): void => {
		// One that is set for an earlier moment sets the next one itself.
		if (at === timerAt || (at > timerAt && at !== Infinity)) return;
		timer.abort(rescheduled);
		timerAt = at;
		if (at === Infinity) return;
		timer = new AbortController();
		const { signal } = timer;
		host.sleep(at - now, signal).then(
			() => {
				if (signal.aborted) return;
				timerAt = Infinity;
				run();
			},
			() => undefined,
		);
	};

	return {
		acquire(request) {
			if (request.signal.aborted) return Promise.reject(new CancelledError());
			let settled: { readonly slot: Slot | undefined } | undefined;
			const entry: Entry = {
				request,
				arrival: arrivals++,
				settle: (slot) => {
					settled = { slot };
				},
			};
			const { entries } = queueFor(request);
			entries.add(entry);
			if (request.rateLimited) earliestDeadline = Math.min(earliestDeadline, request.deadline);
			run();
			if (settled !== undefined) return Promise.resolve(settled.slot);
			return new Promise((resolve, reject) => {
				const unsubscribe = onAbort(request.signal, () => {
					entries.delete(entry);
					run();
					reject(new CancelledError());
				});
				entry.settle = (slot) => {
					unsubscribe();
					resolve(slot);
				};
			});
		},
	};
}
