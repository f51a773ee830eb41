import { BoundedMap } from '../boundedMap';

/* Jobs that this process has submitted: their callbacks are expected. Each takes about 100 bytes. */
const accepted = new BoundedMap<string, true>(10_000);

export const recordAccepted = (processId: string): void => void accepted.set(processId, true);

/** False also for a job of another process, or one that was submitted long ago. */
export const wasAcceptedHere = (processId: string): boolean => accepted.has(processId);
