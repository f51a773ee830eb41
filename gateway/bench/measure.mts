/** One line of the report. `bound` is the promise, `kept` whether this run keeps it. */
export interface Figure {
	readonly name: string;
	readonly value: string;
	readonly bound: string;
	readonly kept: boolean | undefined;
}

export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Runs `work` for 0 … count−1, at most `width` at a time. */
export async function inParallel(
	count: number,
	width: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	await Promise.all(
		Array.from({ length: width }, async () => {
			while (next < count) await work(next++);
		}),
	);
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return (performance.now() - start) / 1000;
}
