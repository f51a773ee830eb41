import { createLimiter } from '../http/limiter';
import { CancelledError, type Host } from '../host';
import { onAbort } from '../onAbort';

/** What became of one piece of work. */
export type Settled<T> =
	| { readonly kind: 'done'; readonly value: T }
	| { readonly kind: 'failed'; readonly error: unknown }
	/** Never begun, or ended early, since the batch had ended. */
	| { readonly kind: 'skipped' };

export interface BatchOptions {
	/** How many pieces run at the same moment; Infinity for all. */
	readonly maxConcurrency: number;
	/** Whether the first failure ends the batch: nothing new begins, and what waits is told by its signal. */
	readonly stopOnError: boolean;
	/** Its signal is the execution's stop. */
	readonly host: Pick<Host, 'signal' | 'sleep'>;
}

/**
 * So many pieces begin before anything else has its turn: each reads its form first, which takes a millisecond or more,
 * and neither the requests of the first nor all else that the process does shall wait for thousands of them. Not where the
 * first failure ends the batch.
 */
const chunkSize = 10;

/**
 * Runs pieces of work side by side and gives their outcomes in the order of the input. Resolves when all that had begun
 * has ended, so that nothing goes on behind the caller's back.
 * @param work what it sends has to wait for `formsRead`, if that is given: where the first failure ends the batch, a wrong
 * form is found before anything is paid
 * @throws StoppedError when the execution was stopped
 */
export async function runBatch<T>(
	count: number,
	options: BatchOptions,
	work: (index: number, signal: AbortSignal, formsRead?: Promise<void>) => Promise<T>,
): Promise<Array<Settled<T>>> {
	const limiter = createLimiter(options.maxConcurrency);
	const { host } = options;
	const halt = new AbortController();
	const { signal } = halt;
	const forget = onAbort(host.signal, () => halt.abort());

	// A real turn comes after all that begins below.
	const formsRead = options.stopOnError ? host.sleep(0, signal).catch(() => undefined) : undefined;
	const attempt = (index: number): Promise<Settled<T>> =>
		work(index, signal, formsRead).then(
			(value): Settled<T> => ({ kind: 'done', value }),
			(error: unknown): Settled<T> => {
				if (error instanceof CancelledError) return { kind: 'skipped' };
				// Before the place is given up: else one more piece would begin.
				if (options.stopOnError) halt.abort();
				return { kind: 'failed', error };
			},
		);
	const settle = (index: number): Promise<Settled<T>> =>
		limiter(() => attempt(index), signal).catch((): Settled<T> => ({ kind: 'skipped' }));

	const begun: Array<Promise<Settled<T>>> = [];
	for (let index = 0; index < count; index++) {
		const pauses = !options.stopOnError && index < options.maxConcurrency;
		if (pauses && index > 0 && index % chunkSize === 0) {
			await host.sleep(0, signal).catch(() => undefined);
		}
		begun.push(settle(index));
	}
	const settled = await Promise.all(begun);
	forget();
	if (host.signal.aborted) throw new CancelledError();
	return settled;
}
