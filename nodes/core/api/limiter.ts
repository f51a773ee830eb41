import { StoppedError } from '../host';
import { onStop } from '../stop';

/** Lets at most so many tasks run at the same moment; the others wait in line, first come, first served. */
export type Limiter = <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** @param most how many at once; Infinity for no limit */
export function createLimiter(most: number): Limiter {
	let running = 0;
	const line = new Set<() => void>();

	const next = () => {
		for (const enter of line) {
			if (running >= most) return;
			enter();
		}
	};

	const place = async (signal: AbortSignal): Promise<void> => {
		if (signal.aborted) throw new StoppedError();
		if (running < most) {
			running += 1;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const forget = onStop(signal, () => {
				line.delete(enter);
				reject(new StoppedError());
			});
			const enter = () => {
				line.delete(enter);
				forget();
				running += 1;
				resolve();
			};
			line.add(enter);
		});
	};

	return async (task, signal) => {
		await place(signal);
		try {
			return await task();
		} finally {
			running -= 1;
			next();
		}
	};
}
