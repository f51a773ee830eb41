import { changeCount, lowerBoundMs, type Observation } from './durationHistory';
import { coldPauseMs, jittered, minPauseMs, type Schedule } from './schedule';

/** Ages between which a job is believed to end, each equally likely. */
interface DurationRange {
	readonly fromMs: number;
	readonly toMs: number;
}

/** Jobs of one kind are believed to differ by this share at least, however few were seen. */
const minSpread = 0.2;

/**
 * How much lateness one poll is worth: 60 ms, from 25 s on more with the root of the age (208 ms at five minutes), since the
 * longer a job takes, the less a second matters. Up to two seconds 50 ms more, where the polls of many jobs are dense.
 */
const pollCostMs = (ageMs: number): number =>
	12 * Math.sqrt(Math.max(ageMs, 25_000) / 1_000) + 50 * Math.min(1, (2_000 / ageMs) ** 2);

const isPrecise = (one: Observation): boolean => lowerBoundMs(one) === one.lastRunningMs;

/**
 * The range in which the next job of a kind ends, judging by those before it.
 * @param running jobs of the kind, with their ages when last polled: without them, the quick jobs alone would determine the range
 */
export function estimateRange(
	observations: readonly Observation[],
	running: Iterable<{ readonly ageMs: number }> = [],
): DurationRange | undefined {
	if (observations.length === 0) return undefined;
	const latest = Math.max(
		...observations.map((one) => (isPrecise(one) ? one.firstDoneMs : lowerBoundMs(one))),
	);
	const earliest = earliestEndMs(observations, latest);
	const spread = Math.max(latest - earliest, minSpread * latest);
	// The share of all jobs that lies beyond those that have ended, when all durations are equally likely.
	const beyond = (jobs: number): number => (spread * jobs) / (observations.length + jobs);
	const outlasting = [...running].filter(({ ageMs }) => ageMs >= earliest).length;
	return { fromMs: Math.max(0, earliest - beyond(1)), toMs: latest + beyond(outlasting + 1) };
}

/**
 * A job that had ended before the first poll only tells that it was early. How early is told by the others: those before
 * their first poll are believed to be spread as densely as those after it. Three early jobs in a row are no coincidence.
 */
function earliestEndMs(observations: readonly Observation[], latestMs: number): number {
	const least = Math.min(...observations.map(lowerBoundMs));
	const precise = observations.filter(isPrecise);
	const firstPollMs = Math.min(...precise.map(({ lastRunningMs }) => lastRunningMs));
	const isEarly = ({ lastRunningMs }: Observation): boolean => lastRunningMs < firstPollMs;
	if (precise.length === 0 || observations.slice(-changeCount).every(isEarly)) return least;
	const early = observations.filter(isEarly);
	const width = ((latestMs - firstPollMs) * early.length) / precise.length;
	const contradicting = early.filter(({ firstDoneMs }) => firstDoneMs < firstPollMs);
	return Math.max(least, Math.min(firstPollMs - width, ...contradicting.map(lowerBoundMs)));
}

/**
 * Few polls before the range, soon the cold ones beyond it, and within it the optimum (Barlow, Hunter & Proschan 1963): with a
 * poll worth `c` of lateness and an end that is uniform over a width `w`, `n` polls, the least number with
 * `n(n + 1) ≥ 2w / c`, the first after `w / n + c(n − 1) / 2`, and each pause shorter than the one before by `c`.
 */
export const adaptiveSchedule = (range: DurationRange, pauseFactor = 1): Schedule => ({
	pauseMs(ageMs, random) {
		const startMs = Math.max(ageMs, range.fromMs);
		const cold = coldPauseMs(startMs, pauseFactor);
		// Whatever the history, at most eight times as many polls as without one.
		const shortest = Math.max(minPauseMs, cold / 8);
		if (ageMs >= range.toMs)
			return jittered(Math.min(cold, Math.max(shortest, ageMs - range.fromMs)), random);
		const width = range.toMs - startMs;
		const cost = pollCostMs(startMs) * pauseFactor ** 2;
		const polls = Math.ceil((Math.sqrt(1 + (8 * width) / cost) - 1) / 2);
		const optimal = Math.min(cold, width / polls + (cost * (polls - 1)) / 2);
		const pause = startMs - ageMs + Math.max(shortest, jittered(optimal, random));
		// However wrong the history, no result is found later than at three times the job's own time plus 3 s (times the factor
		// for Frugal; what a request takes comes on top).
		const insured = Math.max(1, pauseFactor) * (2 * ageMs + 3_000);
		return Math.min(pause, insured * (1 - 0.05 * random));
	},
});
