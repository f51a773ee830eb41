import { CancelledError } from '../host';
import { onAbort } from '../onAbort';

/** The lines in front of a limiter: `starts` something that takes its time elsewhere, or is tried `again`. */
export type Line = 'again' | 'starts' | 'usual';

/**
 * Lets at most so many tasks run at the same moment; the others wait, in each line first come, first served.
 * @param deadline from when on the task has waited too long: it is let in whatever else goes on, to do nothing but say so
 */
export type Limiter = <T>(
	task: () => Promise<T>,
	signal: AbortSignal,
	line?: Line,
	deadline?: number,
) => Promise<T>;

export const startsFirst: readonly Line[] = ['again', 'starts', 'usual'];
export const startsLast: readonly Line[] = ['again', 'usual', 'starts'];

/**
 * @param most how many at once; Infinity for no limit
 * @param order which line goes first, asked for each place that becomes free
 * @param isOver whether a deadline is over, asked for each place that becomes free; Infinity never is
 */
export function createLimiter(
	most: number,
	order = () => startsFirst,
	isOver: (deadline: number) => boolean = () => false,
): Limiter {
	let running = 0;
	const lines: Readonly<Record<Line, Set<() => void>>> = {
		again: new Set(),
		starts: new Set(),
		usual: new Set(),
	};

	/** The deadlines of those that have one, by how they enter. */
	const deadlines = new Map<() => void, number>();
	/** None of them is before this: thousands may wait, and are not gone through for each place. */
	let earliest = Infinity;

	const next = () => {
		if (isOver(earliest)) {
			earliest = Infinity;
			for (const [enter, deadline] of deadlines) {
				if (isOver(deadline)) enter();
				else earliest = Math.min(earliest, deadline);
			}
		}
		for (const line of order()) {
			for (const enter of lines[line]) {
				if (running >= most) return;
				enter();
			}
		}
	};

	const turn = (signal: AbortSignal, line: Set<() => void>, deadline: number): Promise<void> =>
		new Promise((resolve, reject) => {
			const forget = onAbort(signal, () => {
				line.delete(enter);
				deadlines.delete(enter);
				reject(new CancelledError());
			});
			const enter = () => {
				line.delete(enter);
				deadlines.delete(enter);
				forget();
				running += 1;
				resolve();
			};
			line.add(enter);
			if (deadline === Infinity) return;
			deadlines.set(enter, deadline);
			earliest = Math.min(earliest, deadline);
		});

	return async (task, signal, line = 'usual', deadline = Infinity) => {
		if (signal.aborted) throw new CancelledError();
		if (running < most) running += 1;
		else await turn(signal, lines[line], deadline);
		try {
			return await task();
		} finally {
			running -= 1;
			next();
		}
	};
}
