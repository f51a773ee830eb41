import { BoundedMap } from '../boundedMap';
import { wasAcceptedHere } from '../jobs/acceptedJobs';

/**
 * Limits what callbacks about jobs that MonsterAPI does not know may cost: anybody who has the URL of a trigger can send
 * them. A job that this process has submitted, or that was known before, is not limited.
 */
export interface UnknownJobs {
	/** Waits until a job may be looked up. @param now on the host's clock, in milliseconds */
	enter(processId: string, now: number): Promise<Entry>;
}

type Entry =
	| {
			readonly kind: 'admitted';
			/** Whether it turned out to be unknown within the last minute: then one read must do. */
			readonly isRecheck: boolean;
			readonly leave: (outcome: LookUp, now: number) => void;
	  }
	/** Too many jobs turned out to be unknown within a minute. */
	| { readonly kind: 'throttled' }
	/** This one did a moment ago. */
	| { readonly kind: 'unknown' };

/** What came of looking a job up. */
export type LookUp = 'known' | 'unknown' | 'undecided';

/** Jobs per minute that may turn out to be unknown; no more are looked up at a time, so others need not wait for long. */
const maxUnknown = 30;
const windowMs = 60_000;
/** How long an unknown job is not looked up again, in milliseconds. */
const recheckMs = 10_000;
/** Callbacks that wait, while the API pauses all requests or is slow. */
const maxWaiting = 10_000;
const maxKnown = 10_000;

interface Waiting {
	readonly processId: string;
	settle(entry: Entry): void;
}

const unlimited: Entry = { kind: 'admitted', isRecheck: false, leave: () => undefined };

/** For one trigger. */
export function createUnknownJobs(): UnknownJobs {
	const known = new BoundedMap<string, true>(maxKnown);
	/** Jobs that are being looked up, with the number of their callbacks. */
	const undecided = new Map<string, number>();
	/** When a job turned out to be unknown, oldest first. */
	const unknown = new Map<string, number>();
	const waiting = new Set<Waiting>();

	const forgetOld = (now: number): void => {
		for (const [processId, since] of unknown) {
			if (now - since < windowMs) return;
			unknown.delete(processId);
		}
	};

	const admit = (processId: string): Entry => {
		const isRecheck = unknown.has(processId);
		undecided.set(processId, (undecided.get(processId) ?? 0) + 1);
		return {
			kind: 'admitted',
			isRecheck,
			leave(outcome, now) {
				const others = (undecided.get(processId) ?? 1) - 1;
				if (others > 0) undecided.set(processId, others);
				else undecided.delete(processId);
				if (outcome === 'known') known.set(processId, true);
				// Set anew, so that the oldest is first.
				unknown.delete(processId);
				if (outcome === 'unknown') unknown.set(processId, now);
				admitWaiting(now);
			},
		};
	};

	/** Undefined if it has to wait until it is known what others are. */
	const tryEnter = (processId: string, now: number): Entry | undefined => {
		if (known.has(processId) || wasAcceptedHere(processId)) return unlimited;
		const since = unknown.get(processId);
		if (since !== undefined && now - since < recheckMs) return { kind: 'unknown' };
		if (undecided.has(processId) || since !== undefined) return admit(processId);
		if (unknown.size >= maxUnknown) return { kind: 'throttled' };
		return undecided.size + unknown.size < maxUnknown ? admit(processId) : undefined;
	};

	const admitWaiting = (now: number): void => {
		forgetOld(now);
		for (const one of waiting) {
			const entry = tryEnter(one.processId, now);
			if (entry === undefined) return;
			waiting.delete(one);
			one.settle(entry);
		}
	};

	return {
		async enter(processId, now) {
			forgetOld(now);
			const entry = tryEnter(processId, now);
			if (entry !== undefined) return entry;
			if (waiting.size >= maxWaiting) return { kind: 'throttled' };
			return await new Promise((settle) => waiting.add({ processId, settle }));
		},
	};
}
