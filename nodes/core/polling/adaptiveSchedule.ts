import { mostSeen, type DurationHistory } from './durationHistory';
import { createKnob, type Knob } from './pollCost';
import { estimateLifetime } from './durationEstimate';
import { planLooks, type Plan } from './pollPlan';
import type { Schedule } from './schedule';
import { innermost, isTelling, type Observation } from './observation';

/** Looks that are planned from what jobs of the same kind took. */
export interface Learner {
	/** To be asked for when the job starts. */
	begin(kind: string): TrackedJob;
	/** For a job of which nothing is known. */
	readonly unknowing: Schedule;
}

/** One job from its start to its end. */
export interface TrackedJob extends Schedule {
	/**
	 * While the pause under way may come out shorter, since others of its kind have ended meanwhile.
	 * @returns how to take the call back
	 */
	onReschedule(callback: () => void): () => void;
	/**
	 * To be told in any case, or the job counts as running.
	 * @param sighting when it was seen to have ended, and on which clock it started; left out when nobody saw it
	 */
	complete(sighting?: Observation, startedAt?: number): void;
}

const jitter = 0.07;

/** Younger than this, a job has not been looked at. */
const atStartMs = 100;

/** Jobs that start when so many telling ones are known hold on to what was known then. */
const settled = 8;

/** So many jobs that still run speak for all of them. */
const mostRunning = 48;

/**
 * From so many jobs of one unknown kind on, they watch over each other: whichever is seen to have ended tells the others.
 * Each is left alone for so many times as long, and their first looks are spread, from this share of the first pause on,
 * by when a job may have ended. The earlier, the fewer: a handful of scouts tell as much as all would.
 */
const many = 8;
const leftAlone = 1.5;
const earliestShare = 0.57;

/**
 * Each of the first few to end says much, one of many says little: a new plan each time that so many times as many have, or
 * as many as a history holds, and when the history turns out to be out of date.
 */
const growth = 1.5;

/** After so many, those that sleep are not moved any more: they follow the newest plan from their next look on. */
const mostNews = 256;

/** What is known of the jobs of a kind that are under way. */
interface Wave {
	/** With the age at which each was last seen to run. */
	readonly running: Map<TrackedJob, number>;
	readonly listeners: Set<() => void>;
	plan: Plan | undefined;
	/** How many have told when they ended, and how many had when the plan was made. */
	told: number;
	planned: number;
}

/**
 * Schedules that know how long jobs of their kind took.
 *
 * A job that starts when enough is known holds on to that: of jobs that started together the quick ones end first. One
 * that starts with less follows its age, until some of its kind have ended; then it learns from them, and from those that
 * still run. Many such jobs are first looked at at different ages: together they find the usual time with few looks.
 */
export function createLearner(durations: DurationHistory, knob: Knob = createKnob()): Learner {
	const waves = new Map<string, Wave>();
	// By what they were made from: jobs that know the same share a plan.
	const plans = new WeakMap<readonly Observation[], Plan>();
	const planFor = (seen: readonly Observation[]): Plan | undefined => {
		if (!seen.some(isTelling)) return undefined;
		const plan = plans.get(seen) ?? planLooks(estimateLifetime(seen), knob);
		plans.set(seen, plan);
		return plan;
	};
	const planAgain = (kind: string, wave: Wave): void => {
		const seen = durations.of(kind);
		const ages = evenly(
			[...wave.running.values()].filter((age) => age > 0),
			mostRunning,
		);
		wave.planned = wave.told;
		wave.plan =
			ages.length > 0 && innermost(seen, ages).some(isTelling)
				? planLooks(estimateLifetime(seen, ages), knob)
				: planFor(seen);
	};
	const waveOf = (kind: string): Wave => {
		const wave = waves.get(kind) ?? {
			running: new Map(),
			listeners: new Set(),
			plan: planFor(durations.of(kind)),
			told: 0,
			planned: 0,
		};
		waves.set(kind, wave);
		return wave;
	};
	const pauseBy = (plan: Plan | undefined, ageMs: number, random: number, patience = 1): number => {
		const planned = plan?.pauseMs(ageMs) ?? patience * knob.coldPauseMs(ageMs);
		const pause = Math.max(knob.shortestPauseMs(ageMs), planned);
		// A share of this pause, which may be minutes, would miss what it is aimed at.
		const next = plan?.pauseMs(ageMs + pause) ?? knob.coldPauseMs(ageMs + pause);
		const width = jitter * Math.min(pause, next);
		return pause + width * (2 * random - 1);
	};
	const begin = (kind: string): TrackedJob => {
		const wave = waveOf(kind);
		const isSettled = durations.of(kind).filter(isTelling).length >= settled;
		let plan = wave.plan;
		const flight: TrackedJob = {
			pauseMs(ageMs, random, ranMs = ageMs) {
				if (wave.running.has(flight)) wave.running.set(flight, ranMs);
				// When history was found to be out of date, those under way keep what they knew.
				if (!isSettled || plan === undefined) plan = wave.plan ?? plan;
				const patience = !isSettled && wave.running.size >= many ? leftAlone : 1;
				// Clocks count fractions: the first pause does not begin at exactly nought.
				if (plan === undefined && ageMs < atStartMs && wave.running.size > 1) {
					const spread = patience - earliestShare;
					const share = earliestShare + spread * Math.cbrt(random);
					return Math.max(knob.shortestPauseMs(ageMs), share * knob.coldPauseMs(0));
				}
				return pauseBy(plan, ageMs, random, patience);
			},
			onReschedule(callback) {
				if (isSettled) return () => undefined;
				wave.listeners.add(callback);
				return () => wave.listeners.delete(callback);
			},
			complete(sighting, startedAt = 0) {
				if (!wave.running.delete(flight)) return;
				if (sighting !== undefined) {
					const known = durations.of(kind).length;
					durations.add(kind, sighting, startedAt);
					wave.told += 1;
					const muchNews = wave.told >= growth * wave.planned + 0.5;
					const isCut = durations.of(kind).length < known;
					if (muchNews || isCut || wave.told >= wave.planned + mostSeen) planAgain(kind, wave);
					if (muchNews && wave.told <= mostNews) for (const call of [...wave.listeners]) call();
				}
				if (wave.running.size === 0) waves.delete(kind);
			},
		};
		wave.running.set(flight, 0);
		return flight;
	};
	return {
		begin,
		unknowing: { pauseMs: (ageMs, random) => pauseBy(undefined, ageMs, random) },
	};
}

/** At most so many of a list, at even distances in their order. */
function evenly(list: readonly number[], most: number): number[] {
	const sorted = list.toSorted((left, right) => left - right);
	if (sorted.length <= most) return sorted;
	return Array.from(
		{ length: most },
		// The oldest of all among them.
		(_none, index) => sorted[Math.ceil(((index + 1) * sorted.length) / most) - 1] ?? 0,
	);
}
