import { createDurationHistory, kindOf, type StoredDurations } from './durationHistory';
import { createKnob } from './pollCost';
import { createLearner, type TrackedJob, type Learner } from './adaptiveSchedule';
import type { Job } from '../jobs/submit';
import type { Schedule } from './schedule';
import { sizeOf } from '../jobs/size';

/** How a user wants to wait: for the result at once, or for few requests. */
export type Polling = 'eager' | 'balanced' | 'frugal';

/** On the knob from 0, eager, to 1, frugal: the ends of what is of use. */
const frugality: Readonly<Record<Polling, number>> = { eager: 0.25, balanced: 0.5, frugal: 0.75 };

/** What is known of how long jobs take, from executions under way and from earlier ones. */
export interface DurationStats {
	/** To be asked for when the job starts. */
	trackJob(job: Job, polling: Polling): TrackedJob;
	/** For a job of which nothing is known. */
	defaultSchedule(polling: Polling): Schedule;
	/** To be kept in place of what is stored; undefined when that would say nothing notably new. */
	snapshotIfChanged(stored: unknown): StoredDurations | undefined;
}

/** @param stored what an earlier execution kept; anything else counts as nothing */
export function createDurationStats(stored?: unknown): DurationStats {
	const durations = createDurationHistory(stored);
	const learners = new Map<Polling, Learner>();
	const learnerFor = (polling: Polling) => {
		const learner =
			learners.get(polling) ?? createLearner(durations, createKnob(frugality[polling]));
		learners.set(polling, learner);
		return learner;
	};
	return {
		trackJob: (job, polling) => learnerFor(polling).begin(kindOf(job.model, sizeOf(job))),
		defaultSchedule: (polling) => learnerFor(polling).unknowing,
		snapshotIfChanged: (other) => (durations.hasNewsBeside(other) ? durations.toJSON() : undefined),
	};
}
