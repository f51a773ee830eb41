/** When to poll. Pure, so that schedules can be compared in simulation. */
export interface Schedule {
	/** @returns milliseconds until the next poll, for a job of this age and a random number in [0, 1) */
	pauseMs(ageMs: number, random: number): number;
}

/** No pause is shorter before jitter, whatever a history says. */
export const minPauseMs = 250;

/** Up to 10 % earlier or later, so that jobs that start together are not polled together. */
export const jittered = (ms: number, random: number): number => ms * (0.9 + 0.2 * random);

/** Always the same pause, give or take 10 %. */
export const fixedSchedule = (intervalMs: number): Schedule => ({
	pauseMs: (_ageMs, random) => jittered(intervalMs, random),
});

/**
 * The pause for a job of which nothing is known. With a factor of 1 and jitter no result is found later than a tenth of the
 * job's time plus a second; from some 20 s on the root of the age is the shorter pause: 8 s at three minutes.
 * @param pauseFactor below 1 for earlier results, above 1 for fewer polls; capped at 3, or polls would be too sparse to learn from
 */
export function coldPauseMs(ageMs: number, pauseFactor: number): number {
	const pause = ageMs < 1_000 ? 1_750 - ageMs : Math.min(0.1 * ageMs + 650, 19 * Math.sqrt(ageMs));
	return Math.max(minPauseMs, Math.min(pauseFactor, 3) * pause);
}

export const coldSchedule = (pauseFactor = 1): Schedule => ({
	pauseMs: (ageMs, random) => jittered(coldPauseMs(ageMs, pauseFactor), random),
});

/** For many jobs of an unknown kind: each poll serves all, and the first ones are spread, more densely towards the end of the pause. */
export const sharedColdSchedule = (pauseFactor: number): Schedule => ({
	pauseMs(ageMs, random) {
		const pause = coldPauseMs(ageMs, 1.5 * pauseFactor);
		if (ageMs >= 1_000) return jittered(pause, random);
		return Math.max(minPauseMs, pause * (0.5 + 0.5 * Math.sqrt(random)));
	},
});
