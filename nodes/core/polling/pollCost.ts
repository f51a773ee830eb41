/**
 * How much lateness one look is worth. The two cannot be added without a rate of exchange; this is the only one, so that
 * one number moves the whole schedule from eager to frugal. All times are in milliseconds.
 */
export interface Knob {
	/** As much lateness as is as bad as one more look, for a job of this age. */
	lookCostMs(ageMs: number): number;
	/** The pause for a job whose kind is unknown. */
	coldPauseMs(ageMs: number): number;
	/** How late the earliest end that the history makes likely may be seen. */
	toleratedMs(ageMs: number): number;
	/** No pause is shorter, whatever the history says. */
	shortestPauseMs(ageMs: number): number;
}

/** Below this, waiting is asking all the time. */
const shortestMs = 250;

/** A wrong history leads to at most this many times as many looks as no history. */
const mostLooksFactor = 8;

/** The longer a job takes, the less a second matters: a look is worth 87 ms at a minute, 194 ms at five. */
const lookCostAtOneSecondMs = 11.2;

/** Below this the difference is not felt: a look is worth 56 ms, */
const shortJobMs = 25_000;

/**
 * and more again where jobs are so short that their looks get into each other's way: a hundred of two seconds in flight
 * end and begin at fifty a second. Up to two seconds a look is worth that much more, afterwards less with the square.
 */
const crowdedMs = 2_000;
const crowdedCostMs = 50;

/** A generation takes a second at least; the first look at a job whose kind is unknown comes some time after. */
const leastJobMs = 1_000;
const firstColdLookMs = 1_750;

/**
 * In the middle no job of unknown kind is found later than this share of its time plus this time. With the jitter that
 * stays below a tenth plus a second. The fewest looks that keep such a promise are those that use it up.
 */
const promisedShare = 0.1;
const promisedMs = 650;

/** From some 20 s on the root of the age is the shorter pause: 8 s at three minutes. See docs/waiting.md. */
const coldRoot = 19;

/** The ends are this many times as eager, or as frugal, as the middle. */
const reach = 32;

/** Jobs of unknown kind are not left alone for longer than this many times the usual, or nothing would be learned. */
const mostColdScale = 3;

/** With a single look for each job, it may come this many times as late as in the middle. */
const mostToleratedScale = 12;

/** @param frugality from 0, eager, to 1, frugal; anything that is no number is the middle */
export function createKnob(frugality = 0.5): Knob {
	const position = Number.isNaN(frugality) ? 0.5 : Math.min(1, Math.max(0, frugality));
	const scale = reach ** (2 * position - 1);
	const coldScale = Math.min(scale, mostColdScale);
	const scaled = (ageMs: number, by: number): number => {
		const pause =
			ageMs < leastJobMs
				? firstColdLookMs - ageMs
				: Math.min(promisedShare * ageMs + promisedMs, coldRoot * Math.sqrt(ageMs));
		return Math.max(shortestMs, by * pause);
	};
	const coldPauseMs = (ageMs: number): number => scaled(ageMs, coldScale);
	return {
		lookCostMs: (ageMs) => {
			const alone = lookCostAtOneSecondMs * Math.sqrt(Math.max(ageMs, shortJobMs) / 1_000);
			const crowded = crowdedCostMs * Math.min(1, (crowdedMs / ageMs) ** 2);
			return scale ** 2 * (alone + crowded);
		},
		coldPauseMs,
		toleratedMs: (ageMs) => scaled(ageMs, Math.min(scale, mostToleratedScale)),
		shortestPauseMs: (ageMs) => Math.max(shortestMs, coldPauseMs(ageMs) / mostLooksFactor),
	};
}
