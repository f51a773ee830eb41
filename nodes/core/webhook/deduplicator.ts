import { BoundedMap } from '../boundedMap';
import { finalStatuses } from './callback';

/**
 * Remembers which callbacks have started the workflow, so that the same job and status does so once. Bounded: the
 * oldest are forgotten first.
 */
export interface Deduplicator {
	/** Whether it was delivered before, or its job has ended: whatever comes after the end is late. */
	isDuplicate(processId: string, status: string): boolean;
	/** Records a delivery that is about to start the workflow; `newest` leaves it out until `started` is called. */
	add(processId: string, status: string): void;
	/** Records that nothing can keep a delivery from starting the workflow any more. */
	started(processId: string, status: string): void;
	/** The keys of the newest started deliveries, oldest first, to be stored across restarts. */
	newest(count: number): string[];
	/** Adds stored keys that are not known yet. */
	restore(keys: readonly string[]): void;
}

const keyOf = (processId: string, status: string) => `${processId} ${status}`;

/** @param maxSize how many deliveries are remembered */
export function createDeduplicator(maxSize: number): Deduplicator {
	/** One that has not started is about to: if n8n ends now, its callback must count when it is sent again. */
	const deliveries = new BoundedMap<string, { started: boolean }>(maxSize);
	return {
		isDuplicate: (processId, status) =>
			[status, ...finalStatuses].some((known) => deliveries.has(keyOf(processId, known))),
		add: (processId, status) => void deliveries.set(keyOf(processId, status), { started: false }),
		started(processId, status) {
			const delivery = deliveries.get(keyOf(processId, status));
			if (delivery !== undefined) delivery.started = true;
		},
		newest: (count) =>
			[...deliveries].flatMap(([key, { started }]) => (started ? [key] : [])).slice(-count),
		restore(keys) {
			for (const key of keys) if (!deliveries.has(key)) deliveries.set(key, { started: true });
		},
	};
}
