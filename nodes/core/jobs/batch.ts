import { createLimiter } from '../http/limiter';
import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';

/** The outcome of one task. */
export type Settled<T> =
	| { readonly kind: 'done'; readonly value: T }
	| { readonly kind: 'failed'; readonly error: unknown }
	/** Not started, or cancelled, because the batch had ended. */
	| { readonly kind: 'skipped' };

export interface BatchOptions {
	/** How many tasks run at the same time; Infinity for all. */
	readonly maxConcurrency: number;
	/** Whether the first failure ends the batch: no task starts after it, and running ones are aborted by their signal. */
	readonly stopOnError: boolean;
	/** Its signal fires when the execution is cancelled. */
	readonly host: Pick<Host, 'signal' | 'sleep'>;
}

/**
 * How many tasks start before the event loop gets a turn: each first reads its form, which takes a millisecond or more,
 * and requests of the first tasks, like everything else in the process, should not wait for thousands of forms. Not used
 * with `stopOnError`, where all forms are read before the first request.
 */
const chunkSize = 10;

/**
 * Runs tasks concurrently and returns their outcomes in the order of the input. Resolves when all started tasks have
 * settled, so that nothing continues in the background.
 * @param task its requests must wait for `validated`, if given: with `stopOnError`, an invalid form is found before
 * anything is billed
 * @throws CancelledError when the execution was cancelled
 */
export async function runBatch<T>(
	count: number,
	options: BatchOptions,
	task: (index: number, signal: AbortSignal, validated?: Promise<void>) => Promise<T>,
): Promise<Array<Settled<T>>> {
	const limiter = createLimiter(options.maxConcurrency);
	const { host } = options;
	const controller = new AbortController();
	const { signal } = controller;
	const unsubscribe = onAbort(host.signal, () => controller.abort());

	// A macrotask runs only after all tasks below have started.
	const validated = options.stopOnError ? host.sleep(0, signal).catch(() => undefined) : undefined;
	const run = (index: number): Promise<Settled<T>> =>
		task(index, signal, validated).then(
			(value): Settled<T> => ({ kind: 'done', value }),
			(error: unknown): Settled<T> => {
				if (error instanceof CancelledError) return { kind: 'skipped' };
				// Before the slot is released, or one more task would start.
				if (options.stopOnError) controller.abort();
				return { kind: 'failed', error };
			},
		);
	const settle = (index: number): Promise<Settled<T>> =>
		limiter(() => run(index), signal).catch((): Settled<T> => ({ kind: 'skipped' }));

	const started: Array<Promise<Settled<T>>> = [];
	for (let index = 0; index < count; index++) {
		const pauses = !options.stopOnError && index < options.maxConcurrency;
		if (pauses && index > 0 && index % chunkSize === 0) {
			await host.sleep(0, signal).catch(() => undefined);
		}
		started.push(settle(index));
	}
	const settled = await Promise.all(started);
	unsubscribe();
	if (host.signal.aborted) throw new CancelledError();
	return settled;
}
