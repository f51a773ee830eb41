/**
 * The best that any schedule can do when durations are uniform and it knows between which bounds. With a look worth
 * `rate` of lateness, the optimal pauses fall by `rate` from look to look (Barlow, Hunter & Proschan 1963 treat this
 * case), as many as fit; the rate that gives a lateness also gives the fewest looks for it.
 */
export interface Range {
	readonly fromMs: number;
	readonly toMs: number;
}

export interface Figures {
	/** Mean lateness in milliseconds. */
	readonly lateMs: number;
	/** Mean number of looks. */
	readonly calls: number;
}

/** The optimum for one range at one rate of exchange. */
export function optimumAt({ fromMs, toMs }: Range, rate: number): Figures {
	const width = toMs - fromMs;
	const looks = Math.max(1, Math.ceil((-1 + Math.sqrt(1 + (8 * width) / rate)) / 2));
	let lateMs = 0;
	let calls = 0;
	for (let look = 1; look <= looks; look++) {
		const pause = width / looks + (rate * (looks + 1 - 2 * look)) / 2;
		lateMs += pause ** 2 / (2 * width);
		calls += (look * pause) / width;
	}
	return { lateMs, calls };
}

/** The fewest looks per job, on average over all ranges, with no more than this mean lateness. */
export function fewestCalls(ranges: readonly Range[], lateMs: number): number {
	const mean = (rate: number): Figures => {
		const all = ranges.map((range) => optimumAt(range, rate));
		const of = (key: keyof Figures) => all.reduce((sum, one) => sum + one[key], 0) / all.length;
		return { lateMs: of('lateMs'), calls: of('calls') };
	};
	let [low, high] = [1e-3, 1e7];
	for (let step = 0; step < 80; step++) {
		const middle = Math.sqrt(low * high);
		if (mean(middle).lateMs > lateMs) high = middle;
		else low = middle;
	}
	return mean(low).calls;
}
