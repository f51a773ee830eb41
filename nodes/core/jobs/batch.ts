import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';

/** What became of one item. */
export type Settled<T> =
	| { readonly kind: 'done'; readonly value: T }
	| { readonly kind: 'failed'; readonly error: unknown }
	/** Never started, or cut short because the batch had ended. */
	| { readonly kind: 'skipped' };

export interface BatchOptions {
	/** How many items are worked on at the same time; Infinity for all. */
	readonly maxConcurrency: number;
	/** Whether the first failure ends the batch: nothing new starts, and what waits is told by its signal. */
	readonly stopOnError: boolean;
	/** Its signal is the execution's stop. */
	readonly host: Pick<Host, 'signal' | 'sleep'>;
}

/**
 * Items that start before the event loop has a turn. Each reads its form first, which takes a millisecond or more; with
 * thousands at once, neither the first requests nor the rest of the process would make progress meanwhile.
 */
const chunkSize = 10;

/**
 * Works on items side by side and returns their outcomes in the order of the input. Resolves when everything that was
 * started has ended, so that nothing goes on behind the caller's back.
 * @param work must not send anything before `validated` resolves, where that is given: if the first failure ends the
 * batch, a wrong form is found before anything is paid
 * @throws CancelledError when the execution was stopped
 */
export async function runBatch<T>(
	count: number,
	{ maxConcurrency, stopOnError, host }: BatchOptions,
	work: (index: number, signal: AbortSignal, validated?: Promise<void>) => Promise<T>,
): Promise<Array<Settled<T>>> {
	const end = new AbortController();
	const { signal } = end;
	const unsubscribe = onAbort(host.signal, () => end.abort());
	const settled = Array.from({ length: count }, (): Settled<T> => ({ kind: 'skipped' }));
	// All forms of the first items have been read when a turn of the event loop has passed.
	const validated = stopOnError ? host.sleep(0, signal).catch(() => undefined) : undefined;

	const settle = (index: number): Promise<void> =>
		work(index, signal, validated).then(
			(value) => {
				settled[index] = { kind: 'done', value };
			},
			(error: unknown) => {
				if (error instanceof CancelledError) return;
				settled[index] = { kind: 'failed', error };
				if (stopOnError) end.abort();
			},
		);
	const workers: Array<Promise<void>> = [];
	const workerCount = Math.min(count, maxConcurrency);
	let next = workerCount;
	const runWorker = async (first: number): Promise<void> => {
		await settle(first);
		await allStarted;
		while (next < count && !signal.aborted) await settle(next++);
	};
	const startWorkers = async (): Promise<void> => {
		for (let index = 0; index < workerCount; index++) {
			if (!stopOnError && index > 0 && index % chunkSize === 0) {
				await host.sleep(0, signal).catch(() => undefined);
			}
			if (signal.aborted) return;
			workers.push(runWorker(index));
		}
	};
	const allStarted = Promise.resolve().then(startWorkers);
	await allStarted;
	await Promise.all(workers);
	unsubscribe();
	if (host.signal.aborted) throw new CancelledError();
	return settled;
}
