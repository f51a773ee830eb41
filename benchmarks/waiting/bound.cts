/**
 * The best that any schedule can do when durations are uniform and it knows their bounds: with a poll worth `cost` of
 * lateness, the optimal pauses fall by `cost` from poll to poll (Barlow, Hunter & Proschan 1963).
 */
export interface Range {
	readonly fromMs: number;
	readonly toMs: number;
}

function optimumAt({ fromMs, toMs }: Range, cost: number): { lateMs: number; calls: number } {
	const width = toMs - fromMs;
	const polls = Math.max(1, Math.ceil((-1 + Math.sqrt(1 + (8 * width) / cost)) / 2));
	let lateMs = 0;
	let calls = 0;
	for (let poll = 1; poll <= polls; poll++) {
		const pause = width / polls + (cost * (polls + 1 - 2 * poll)) / 2;
		lateMs += pause ** 2 / (2 * width);
		calls += (poll * pause) / width;
	}
	return { lateMs, calls };
}

/** The fewest calls per job, on average over all ranges, with no more than this mean lateness. */
export function fewestCalls(ranges: readonly Range[], lateMs: number): number {
	const mean = (cost: number, key: 'lateMs' | 'calls'): number =>
		ranges.reduce((sum, range) => sum + optimumAt(range, cost)[key], 0) / ranges.length;
	let [low, high] = [1e-3, 1e7];
	for (let step = 0; step < 60; step++) {
		const middle = Math.sqrt(low * high);
		if (mean(middle, 'lateMs') > lateMs) high = middle;
		else low = middle;
	}
	return mean(low, 'calls');
}
