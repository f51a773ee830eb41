/**
 * Remembers which callbacks have started the workflow, so that the same job and status does so once. Bounded: the
 * oldest are forgotten first.
 */
export interface Deliveries {
	/**
	 * Takes a delivery before its job is verified, so that two at the same moment cannot both pass.
	 * @returns false when it was taken before, or came after the job's end
	 */
	claim(processId: string, status: string): boolean;
	/** Gives a delivery back that did not prove true or could not be verified. */
	release(processId: string, status: string): void;
	/** The newest remembered deliveries, oldest first, to be kept over a restart. */
	newest(count: number): string[];
	/** Adds deliveries that were kept elsewhere. */
	recall(kept: readonly string[]): void;
}

const finalStatuses = new Set(['COMPLETED', 'FAILED']);

/** @param most how many are remembered */
export function createDeliveries(most: number): Deliveries {
	const taken = new Set<string>();
	const remember = (entry: string) => {
		taken.add(entry);
		const [oldest] = taken;
		if (taken.size > most && oldest !== undefined) taken.delete(oldest);
	};
	const key = (processId: string, status: string) => `${processId} ${status}`;
	const ended = (processId: string) =>
		[...finalStatuses].some((status) => taken.has(key(processId, status)));
	return {
		claim(processId, status) {
			// What comes after the end is late, whatever it says.
			if (taken.has(key(processId, status)) || ended(processId)) return false;
			remember(key(processId, status));
			return true;
		},
		release(processId, status) {
			taken.delete(key(processId, status));
		},
		newest: (count) => [...taken].slice(-count),
		recall: (kept) => kept.forEach(remember),
	};
}
