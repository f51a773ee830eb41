import type { Durations } from './durations';
import { createKnob, type Knob } from './knob';
import { estimateLifetime } from './lifetime';
import { planLooks, type Plan } from './looks';
import type { Schedule } from './schedule';
import { isTelling, type Sighting } from './sighting';

const jitter = 0.1;

/**
 * Schedules that know how long jobs of their kind took.
 * @returns the schedule of one job, to be asked for when the job starts. It holds on to what was known then: of jobs
 * that started together the quick ones end first, and would make the others seem about to end. It follows the age of the
 * job when no job of its kind had ended.
 */
export function createLearner(
	durations: Durations,
	knob: Knob = createKnob(),
): (kind: string) => Schedule {
	// By what they were made from: jobs that know the same share a plan.
	const plans = new WeakMap<readonly Sighting[], Plan>();
	const planFor = (seen: readonly Sighting[]): Plan | undefined => {
		if (!seen.some(isTelling)) return undefined;
		const plan = plans.get(seen) ?? planLooks(estimateLifetime(seen), knob);
		plans.set(seen, plan);
		return plan;
	};
	return (kind) => {
		const plan = planFor(durations.of(kind));
		return {
			pauseMs: (ageMs, random) => {
				const planned = plan?.pauseMs(ageMs) ?? knob.coldPauseMs(ageMs);
				const pause = Math.max(knob.shortestPauseMs(ageMs), planned);
				// A tenth of a pause of minutes would miss what it is aimed at.
				const width = jitter * Math.min(pause, knob.coldPauseMs(ageMs + pause));
				return pause + width * (2 * random - 1);
			},
		};
	};
}
