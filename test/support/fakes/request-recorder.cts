import { createScheduler, type QueuedRequest, type Slot } from '../../../nodes/core/http/scheduler';
import { json, virtualHost } from './virtual-host.cjs';

/** A signal that does not fire. */
export const never = new AbortController().signal;

export const poll: QueuedRequest = {
	pool: 'request',
	priority: 'normal',
	rateLimited: true,
	billed: false,
	deadline: Infinity,
	signal: never,
};
export const submission: QueuedRequest = { ...poll, priority: 'submit', billed: true };
/** To the API itself, and billed. */
export const upload: QueuedRequest = { ...submission, pool: 'transfer', priority: 'normal' };
/** From storage, which has no rate limit. */
export const download: QueuedRequest = { ...poll, pool: 'transfer', rateLimited: false };

/** @param random 0: the shortest pauses, 1: the longest */
export const idleHost = (random?: number) =>
	virtualHost(() => json(200, {}), random === undefined ? undefined : () => random);

/** Queues named requests, and notes in which order and when they start. */
export function recorder(host = idleHost()) {
	const scheduler = createScheduler(host);
	const started: string[] = [];
	const slots = new Map<string, Slot>();
	const tooLate: string[] = [];
	const queue = async (name: string, request: QueuedRequest): Promise<void> => {
		const slot = await scheduler.acquire(request);
		if (slot === undefined) {
			tooLate.push(name);
			return;
		}
		started.push(name);
		slots.set(name, slot);
	};
	/** Lets everything go on that need not wait. */
	const turn = async () => await new Promise((resolve) => setImmediate(resolve));
	/** Ends a request and lets the next ones start. */
	const end = async (name: string): Promise<void> => {
		slots.get(name)?.release();
		await turn();
	};
	/** Lets time pass. */
	const pass = async (ms: number): Promise<void> => {
		await host.run(host.sleep(ms, never));
		await turn();
	};
	/** Takes so many slots of a pool. */
	const fill = async (request: QueuedRequest, count: number): Promise<string[]> => {
		const names = Array.from({ length: count }, (_none, index) => `busy ${index}`);
		await Promise.all(names.map(async (name) => await queue(name, request)));
		started.length = 0;
		return names;
	};
	return { host, scheduler, started, slots, tooLate, queue, end, pass, fill, turn };
}
