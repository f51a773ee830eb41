import { StoppedError } from '../host';
import { onStop } from '../stop';

/** The lines in front of a limiter: `starts` something that takes its time elsewhere, or is tried `again`. */
export type Line = 'again' | 'starts' | 'usual';

/**
 * Lets at most so many tasks run at the same moment; the others wait, in each line first come, first served.
 * @param outdated whether a task has waited too long: it is let in whatever else goes on, to do nothing but say so. Asked
 * whenever a place becomes free.
 */
export type Limiter = <T>(
	task: () => Promise<T>,
	signal: AbortSignal,
	line?: Line,
	outdated?: () => boolean,
) => Promise<T>;

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

	/** Those that may have waited too long, by how they enter. */
	const impatient = new Map<() => void, () => boolean>();

	const next = () => {
		for (const [enter, outdated] of impatient) {
			if (outdated()) enter();
		}
		for (const line of order()) {
			for (const enter of lines[line]) {
				if (running >= most) return;
				enter();
			}
		}
	};

	const turn = (
		signal: AbortSignal,
		line: Set<() => void>,
		outdated: (() => boolean) | undefined,
	): Promise<void> =>
		new Promise((resolve, reject) => {
			const forget = onStop(signal, () => {
				line.delete(enter);
				impatient.delete(enter);
				reject(new StoppedError());
			});
			const enter = () => {
				line.delete(enter);
				impatient.delete(enter);
				forget();
				running += 1;
				resolve();
			};
			line.add(enter);
			if (outdated !== undefined) impatient.set(enter, outdated);
		});

	return async (task, signal, line = 'usual', outdated) => {
		if (signal.aborted) throw new StoppedError();
		if (running < most) running += 1;
		else await turn(signal, lines[line], outdated);
		try {
			return await task();
		} finally {
			running -= 1;
			next();
		}
	};
}
