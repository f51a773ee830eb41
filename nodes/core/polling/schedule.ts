/**
 * When to look at a job again. Pure, so that a benchmark can compare schedules without a single request.
 */
export interface Schedule {
	/**
	 * @param ageMs milliseconds since the job was accepted
	 * @param random evenly distributed in [0, 1)
	 * @param ranMs the age at which it surely ran: that of the last look, before its answer took its time
	 * @returns milliseconds to wait before the next look
	 */
	pauseMs(ageMs: number, random: number, ranMs?: number): number;
}

const jitter = 0.1;

/** Up to 10 % earlier or later, so that jobs that start together do not ask together. */
const jittered = (ms: number, random: number): number => ms * (1 - jitter + 2 * jitter * random);

/** Always the same pause, give or take 10 %. */
export const fixedSchedule = (intervalMs: number): Schedule => ({
	pauseMs: (_ageMs, random) => jittered(intervalMs, random),
});
