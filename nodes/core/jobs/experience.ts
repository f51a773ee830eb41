import { createDurations, kindOf, type StoredDurations } from './durations';
import { createKnob } from './knob';
import { createLearner } from './learner';
import type { Job } from './run';
import type { Schedule } from './schedule';
import type { Sighting } from './sighting';
import { sizeOf } from './size';

/** How a user wants to wait: for the result at once, or for few requests. */
export type Polling = 'eager' | 'balanced' | 'frugal';

/** On the knob from 0, eager, to 1, frugal: the ends of what is of use. */
const frugality: Readonly<Record<Polling, number>> = { eager: 0.25, balanced: 0.5, frugal: 0.75 };

/** What is expected of one job, and how to tell what came of it. */
export interface Expectation {
	readonly schedule: Schedule;
	/** @param startedAt when the job was accepted, on the host's clock */
	learn(sighting: Sighting, startedAt: number): void;
}

/** What one execution knows of how long jobs take, from its own and from earlier ones. */
export interface Experience {
	/** To be asked for when the job starts. */
	expect(job: Job, polling: Polling): Expectation;
	/** For a job of which nothing is known. */
	expectAnything(polling: Polling): Schedule;
	/** To be kept for later executions; undefined when there is nothing new. */
	learned(): StoredDurations | undefined;
}

/** @param stored what an earlier execution kept; anything else counts as nothing */
export function createExperience(stored?: unknown): Experience {
	const durations = createDurations(stored);
	const learners = new Map<Polling, ReturnType<typeof createLearner>>();
	const learnerFor = (polling: Polling) => {
		const learner =
			learners.get(polling) ?? createLearner(durations, createKnob(frugality[polling]));
		learners.set(polling, learner);
		return learner;
	};
	let changed = false;
	return {
		expect(job, polling) {
			const kind = kindOf(job.model, sizeOf(job));
			return {
				schedule: learnerFor(polling)(kind),
				learn: (sighting, startedAt) => {
					changed = true;
					durations.add(kind, sighting, startedAt);
				},
			};
		},
		expectAnything: (polling) => learnerFor(polling)(''),
		learned: () => (changed ? durations.toJSON() : undefined),
	};
}
