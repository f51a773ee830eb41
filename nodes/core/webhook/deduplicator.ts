/**
 * Remembers which callbacks have started the workflow, so that the same job and status does so once. Bounded: the
 * oldest are forgotten first.
 */
export interface Deduplicator {
	/** Whether it was delivered before, or its job has ended: what comes after the end is late, whatever it says. */
	isDuplicate(processId: string, status: string): boolean;
	/** Notes what is about to start the workflow: it is not among the newest before `started` says that it does. */
	add(processId: string, status: string): void;
	/** Tells that nothing can keep it from starting any more. */
	started(processId: string, status: string): void;
	/**
	 * Works on the callbacks of one job one after the other. Two at the same moment can then neither both pass, nor
	 * can one be dropped for the sake of another that turns out not to be true.
	 * @returns undefined when too many are in line already
	 */
	runExclusive<T>(processId: string, work: () => Promise<T>): Promise<T | undefined>;
	/** The newest remembered deliveries that have started, oldest first, to be kept over a restart. */
	newest(count: number): string[];
	/** Adds deliveries that were kept elsewhere. */
	restore(kept: readonly string[]): void;
}

/** A job has four statuses; more callbacks than this at once are no accident. */
const longestLine = 50;

const finalStatuses = ['COMPLETED', 'FAILED'];

const key = (processId: string, status: string) => `${processId} ${status}`;

/** @param most how many are remembered */
export function createDeduplicator(most: number): Deduplicator {
	const delivered = new Set<string>();
	/** Those that are about to start: when n8n ends now, their callbacks must count if they are sent again. */
	const pending = new Set<string>();
	const turns = new Map<string, { last: Promise<unknown>; inLine: number }>();
	const remember = (entry: string) => {
		delivered.add(entry);
		const [oldest] = delivered;
		if (delivered.size <= most || oldest === undefined) return;
		delivered.delete(oldest);
		pending.delete(oldest);
	};
	return {
		isDuplicate: (processId, status) =>
			[status, ...finalStatuses].some((one) => delivered.has(key(processId, one))),
		add(processId, status) {
			pending.add(key(processId, status));
			remember(key(processId, status));
		},
		started: (processId, status) => pending.delete(key(processId, status)),
		async runExclusive(processId, work) {
			const line = turns.get(processId) ?? { last: Promise.resolve(), inLine: 0 };
			if (line.inLine >= longestLine) return undefined;
			const own = line.last.then(work, work);
			line.last = own;
			line.inLine += 1;
			turns.set(processId, line);
			return await own.finally(() => {
				line.inLine -= 1;
				if (line.inLine === 0) turns.delete(processId);
			});
		},
		newest: (count) => [...delivered].filter((entry) => !pending.has(entry)).slice(-count),
		restore: (kept) => kept.forEach(remember),
	};
}
