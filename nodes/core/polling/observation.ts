/** All that looking tells about when a job ended, in milliseconds since it was accepted. */
export interface Sighting {
	/** It still ran; 0 when it was not looked at before. */
	readonly afterMs: number;
	/** It had ended. */
	readonly byMs: number;
}

/** A sighting that leaves more than this factor open says little (cold, the first looks of the frugal end leave 1.72), */
const vagueFactor = 1.8;

/** unless the job was this short. */
const shortMs = 2_000;

/** Whether it narrows down when the job ended. */
export const isTelling = ({ afterMs, byMs }: Sighting): boolean =>
	byMs <= Math.max(vagueFactor * afterMs, shortMs);

/** The least duration that it makes likely. */
export const likelyFromMs = ({ afterMs, byMs }: Sighting): number =>
	Math.max(afterMs, byMs / vagueFactor);

/**
 * Sightings narrowed down by each other: the innermost intervals of Turnbull (1976), outside of which the likeliest
 * distribution has nothing.
 * @param running ages at which jobs were seen to run
 */
export function innermost(sightings: readonly Sighting[], running: readonly number[]): Sighting[] {
	const ages = [...sightings.map(({ afterMs }) => afterMs), ...running].sort(
		(left, right) => left - right,
	);
	return sightings.map(({ afterMs, byMs }) => ({
		afterMs: Math.max(afterMs, ages.findLast((age) => age < byMs) ?? 0),
		byMs,
	}));
}
