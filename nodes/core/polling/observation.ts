/** All that looking tells about when a job ended, in milliseconds since it was accepted. */
export interface Observation {
	/** It still ran; 0 when it was not looked at before. */
	readonly lastRunningMs: number;
	/** It had ended. */
	readonly firstDoneMs: number;
}

/** A sighting that leaves more than this factor open says little (cold, the first looks of the frugal end leave 1.72), */
const vagueFactor = 1.8;

/** unless the job was this short. */
const shortMs = 2_000;

/** Whether it narrows down when the job ended. */
export const isTelling = ({
	lastRunningMs: lastRunningMs,
	firstDoneMs: firstDoneMs,
}: Observation): boolean => firstDoneMs <= Math.max(vagueFactor * lastRunningMs, shortMs);

/** The least duration that it makes likely. */
export const likelyFromMs = ({
	lastRunningMs: lastRunningMs,
	firstDoneMs: firstDoneMs,
}: Observation): number => Math.max(lastRunningMs, firstDoneMs / vagueFactor);

/**
 * Sightings narrowed down by each other: the innermost intervals of Turnbull (1976), outside of which the likeliest
 * distribution has nothing.
 * @param running ages at which jobs were seen to run
 */
export function innermost(
	sightings: readonly Observation[],
	running: readonly number[],
): Observation[] {
	const ages = [
		...sightings.map(({ lastRunningMs: lastRunningMs }) => lastRunningMs),
		...running,
	].sort((left, right) => left - right);
	return sightings.map(({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }) => ({
		lastRunningMs: Math.max(lastRunningMs, ages.findLast((age) => age < firstDoneMs) ?? 0),
		firstDoneMs,
	}));
}
