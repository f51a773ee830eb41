/**
 * Remembers which callbacks have started the workflow, so that the same job and status does so once. Bounded: the
 * oldest are forgotten first.
 */
export interface Deliveries {
	/** Whether it was delivered before, or its job has ended: what comes after the end is late, whatever it says. */
	isLate(processId: string, status: string): boolean;
	/** Notes what starts the workflow now. */
	add(processId: string, status: string): void;
	/**
	 * Works on the callbacks of one job one after the other. Two at the same moment can then neither both pass, nor
	 * can one be dropped for the sake of another that turns out not to be true.
	 */
	inTurn<T>(processId: string, work: () => Promise<T>): Promise<T>;
	/** The newest remembered deliveries, oldest first, to be kept over a restart. */
	newest(count: number): string[];
	/** Adds deliveries that were kept elsewhere. */
	recall(kept: readonly string[]): void;
}

const finalStatuses = ['COMPLETED', 'FAILED'];

const key = (processId: string, status: string) => `${processId} ${status}`;

/** @param most how many are remembered */
export function createDeliveries(most: number): Deliveries {
	const delivered = new Set<string>();
	const turns = new Map<string, Promise<unknown>>();
	const remember = (entry: string) => {
		delivered.add(entry);
		const [oldest] = delivered;
		if (delivered.size > most && oldest !== undefined) delivered.delete(oldest);
	};
	return {
		isLate: (processId, status) =>
			[status, ...finalStatuses].some((one) => delivered.has(key(processId, one))),
		add: (processId, status) => remember(key(processId, status)),
		async inTurn(processId, work) {
			const before = turns.get(processId);
			const own = before === undefined ? work() : before.then(work, work);
			turns.set(processId, own);
			return await own.finally(() => {
				if (turns.get(processId) === own) turns.delete(processId);
			});
		},
		newest: (count) => [...delivered].slice(-count),
		recall: (kept) => kept.forEach(remember),
	};
}
