import { adaptiveSchedule, estimateRange } from './adaptiveSchedule';
import { createDurationHistory, type Observation, type StoredDurations } from './durationHistory';
import { coldSchedule, sharedColdSchedule, type Schedule } from './schedule';

/** Balances early results against few requests. */
export type Polling = 'eager' | 'balanced' | 'frugal';

/** How many times as long pauses are as at Balanced. */
const pauseFactors: Record<Polling, number> = { eager: 0.18, balanced: 1, frugal: 5.7 };

/** The polling of one job, from when it is accepted. */
export interface TrackedJob extends Schedule {
	/** Calls back when the pause under way may be too long, since the first job of its kind has ended. */
	onReschedule(callback: () => void): void;
	/**
	 * Must be called however the polling ends, or the job counts as running.
	 * @param observation left out when the job was not seen to end, or ended in a way that tells nothing
	 * @param startedAt when it was accepted, on a clock that all jobs of this process share
	 */
	complete(observation?: Observation, startedAt?: number): void;
}

/** From this many on, a job keeps the range that it starts with: of jobs that start together, the quick ones end first. */
const enoughObservations = 8;

/** With this many jobs of an unknown kind, each poll serves them all: the first to end tells the others. */
const manyJobs = 8;

interface ActiveJob {
	ageMs: number;
	reschedule?: () => void;
}

/** The jobs of one kind that are under way. */
interface ActiveKind {
	readonly jobs: Set<ActiveJob>;
	range?: ReturnType<typeof estimateRange>;
	/** How many more times `range` may be used. */
	usesLeft: number;
}

/** To estimate a range all jobs under way are counted: not for each of thousands, but whenever so small a share has moved on. */
const rangeShare = 1 / 64;

export type DurationStats = ReturnType<typeof createDurationStats>;

/**
 * How long jobs take, learned from executions under way and from earlier ones.
 * @param stored what an earlier execution kept; anything else counts as nothing
 */
export function createDurationStats(stored?: unknown, factors = pauseFactors) {
	const history = createDurationHistory(stored);
	const active = new Map<string, ActiveKind>();
	return {
		/** @param kind names jobs that take about as long as each other */
		trackJob(kind: string, polling: Polling): TrackedJob {
			const factor = factors[polling];
			const group: ActiveKind = active.get(kind) ?? { jobs: new Set(), usesLeft: 0 };
			const { jobs } = group;
			const job: ActiveJob = { ageMs: 0 };
			jobs.add(job);
			active.set(kind, group);
			const currentRange = () => {
				if (--group.usesLeft <= 0) {
					group.range = estimateRange(history.of(kind), jobs);
					group.usesLeft = jobs.size * rangeShare;
				}
				return group.range;
			};
			const isKnown = history.of(kind).length >= enoughObservations;
			const keptRange = isKnown ? currentRange() : undefined;
			return {
				pauseMs(ageMs, random) {
					job.ageMs = ageMs;
					const range = keptRange ?? currentRange();
					if (range !== undefined) return adaptiveSchedule(range, factor).pauseMs(ageMs, random);
					const schedule = jobs.size < manyJobs ? coldSchedule : sharedColdSchedule;
					return schedule(factor).pauseMs(ageMs, random);
				},
				onReschedule: (callback) => (job.reschedule = callback),
				complete(observation, startedAt = 0) {
					if (!jobs.delete(job)) return;
					if (jobs.size === 0) active.delete(kind);
					if (observation === undefined) return;
					const isFirst = history.of(kind).length === 0;
					history.add(kind, observation, startedAt);
					group.usesLeft = 0;
					if (isFirst) for (const { reschedule } of [...jobs]) reschedule?.();
				},
			};
		},
		/** For a job of which nothing is known. */
		defaultSchedule: (polling: Polling): Schedule => coldSchedule(factors[polling]),
		/** What to store for later executions; undefined while it is about the same as what is stored. */
		snapshotIfChanged: (storedBefore: unknown): StoredDurations | undefined =>
			history.differsFrom(storedBefore) ? history.toJSON() : undefined,
	};
}
