import { StoppedError } from '../host';
import { onStop } from '../stop';

/**
 * Lets at most so many tasks run at the same moment; the others wait in line, first come, first served.
 * @param urgent whether it goes before those in line that are not
 */
export type Limiter = <T>(
	task: () => Promise<T>,
	signal: AbortSignal,
	urgent?: boolean,
) => Promise<T>;

/** @param most how many at once; Infinity for no limit */
export function createLimiter(most: number): Limiter {
	let running = 0;
	const urgently = new Set<() => void>();
	const usually = new Set<() => void>();

	const next = () => {
		for (const line of [urgently, usually]) {
			for (const enter of line) {
				if (running >= most) return;
				enter();
			}
		}
	};

	const turn = (signal: AbortSignal, line: Set<() => void>): Promise<void> =>
		new Promise((resolve, reject) => {
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

	return async (task, signal, urgent = false) => {
		if (signal.aborted) throw new StoppedError();
		if (running < most) running += 1;
		else await turn(signal, urgent ? urgently : usually);
		try {
			return await task();
		} finally {
			running -= 1;
			next();
		}
	};
}
