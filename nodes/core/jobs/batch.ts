import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';

/** The outcome of one task. */
export type Settled<T> =
	| { readonly kind: 'done'; readonly value: T }
	| { readonly kind: 'failed'; readonly error: unknown }
	/** Not started, or cancelled, because the batch had ended. */
	| { readonly kind: 'skipped' };

interface BatchOptions {
	/** How many tasks run at the same time; Infinity for all. */
	readonly maxConcurrency: number;
	/** Whether the first failure ends the batch: no task starts after it, and running ones are aborted by their signal. */
	readonly stopOnError: boolean;
	/** Its signal fires when the execution is cancelled. */
	readonly host: Pick<Host, 'signal' | 'sleep'>;
}

/**
 * How many tasks start before the event loop gets a turn. Each first reads its form, which takes a millisecond or more;
 * with thousands at once, neither the first requests nor the rest of the process would make progress.
 */
const chunkSize = 10;

/**
 * Runs tasks concurrently and returns their outcomes in the order of the input. Resolves when all started tasks have
 * settled, so that nothing continues in the background.
 * @param task must not send anything before `validated` resolves, if given: with `stopOnError`, an invalid form is found
 * before anything is billed
 * @throws CancelledError when the execution was cancelled
 */
export async function runBatch<T>(
	count: number,
	{ maxConcurrency, stopOnError, host }: BatchOptions,
	task: (index: number, signal: AbortSignal, validated?: Promise<void>) => Promise<T>,
): Promise<Array<Settled<T>>> {
	const controller = new AbortController();
	const { signal } = controller;
	const unsubscribe = onAbort(host.signal, () => controller.abort());
	const outcomes = Array.from({ length: count }, (): Settled<T> => ({ kind: 'skipped' }));
	const run = (index: number): Promise<void> =>
		task(index, signal, validated).then(
			(value) => {
				outcomes[index] = { kind: 'done', value };
			},
			(error: unknown) => {
				if (error instanceof CancelledError) return;
				outcomes[index] = { kind: 'failed', error };
				if (stopOnError) controller.abort();
			},
		);
	const eventLoopTurn = () => host.sleep(0, signal).catch(() => undefined);
	const workers: Array<Promise<void>> = [];
	const workerCount = Math.min(count, maxConcurrency);
	let next = workerCount;
	const runWorker = async (first: number): Promise<void> => {
		await run(first);
		await allStarted;
		while (next < count && !signal.aborted) await run(next++);
	};
	const startWorkers = async (): Promise<void> => {
		for (let index = 0; index < workerCount; index++) {
			if (index > 0 && index % chunkSize === 0) await eventLoopTurn();
			if (signal.aborted) return;
			workers.push(runWorker(index));
		}
	};
	const allStarted = Promise.resolve().then(startWorkers);
	// One turn of the event loop after the last task has started, the forms of all first tasks have been read.
	const validated = stopOnError ? allStarted.then(eventLoopTurn) : undefined;
	await allStarted;
	await Promise.all(workers);
	unsubscribe();
	if (host.signal.aborted) throw new CancelledError();
	return outcomes;
}
