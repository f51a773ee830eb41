import { StoppedError } from '../host';
import { onStop } from '../stop';

/** The lines in front of a limiter: `starts` something that takes its time elsewhere, or is tried `again`. */
export type Line = 'again' | 'starts' | 'usual';

/** Lets at most so many tasks run at the same moment; the others wait, in each line first come, first served. */
export type Limiter = <T>(task: () => Promise<T>, signal: AbortSignal, line?: Line) => Promise<T>;

const startsFirst = (): readonly Line[] => ['again', 'starts', 'usual'];

/**
 * @param most how many at once; Infinity for no limit
 * @param order which line goes first, asked for each place that becomes free
 */
export function createLimiter(most: number, order = startsFirst): Limiter {
	let running = 0;
	const lines: Readonly<Record<Line, Set<() => void>>> = {
		again: new Set(),
		starts: new Set(),
		usual: new Set(),
	};

	const next = () => {
		for (const line of order()) {
			for (const enter of lines[line]) {
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

	return async (task, signal, line = 'usual') => {
		if (signal.aborted) throw new StoppedError();
		if (running < most) running += 1;
		else await turn(signal, lines[line]);
		try {
			return await task();
		} finally {
			running -= 1;
			next();
		}
	};
}
