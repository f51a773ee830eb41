import { BoundedMap } from '../boundedMap';
import { isRecord } from '../json';

/** What polling tells about when a job ended, in milliseconds since it was accepted. */
export interface Observation {
	/** It still ran; 0 when it was not polled before it ended. */
	readonly lastRunningMs: number;
	/** It had ended. */
	readonly firstDoneMs: number;
}

interface Entry extends Observation {
	readonly startedAt: number;
}

/** Pairs of `lastRunningMs` and `firstDoneMs` by kind, the most recent last. */
export type StoredDurations = Readonly<Record<string, ReadonlyArray<readonly [number, number]>>>;

const maxKinds = 32;
const maxKindLength = 100;
const maxObservations = 48;
const maxStored = 24;
const maxMs = 86_400_000;

/** This many jobs in a row, all slower than any before by this factor, or all quicker: the model has changed. */
export const changeCount = 3;
const changeFactor = 1.1;

/** The least duration that an observation makes likely: one that is precise leaves at most 12 % open. */
export const lowerBoundMs = ({ lastRunningMs, firstDoneMs }: Observation): number =>
	Math.max(lastRunningMs, 0.88 * firstDoneMs);

/**
 * How long jobs took, by their kind. Bounded: new observations displace old ones.
 * @param stored what `toJSON` gave to an earlier execution; anything odd in it counts as nothing
 */
export function createDurationHistory(stored?: unknown) {
	const kinds = new BoundedMap<string, readonly Entry[]>(maxKinds);
	const of = (kind: string): readonly Entry[] => kinds.get(kind) ?? [];
	const insert = (kind: string, observation: Observation, startedAt: number): void => {
		const [lastRunningMs, firstDoneMs] = toPair(observation);
		const isPossible = lastRunningMs >= 0 && firstDoneMs > lastRunningMs && firstDoneMs <= maxMs;
		if (!isPossible || kind === '' || kind.length > maxKindLength) return;
		const index = of(kind).findLastIndex((entry) => entry.startedAt <= startedAt) + 1;
		const entries = of(kind).toSpliced(index, 0, { lastRunningMs, firstDoneMs, startedAt });
		kinds.set(kind, entries.slice(-maxObservations));
	};
	for (const [kind, observation] of parseStored(stored)) insert(kind, observation, -Infinity);
	return {
		/** In the order in which the jobs started. */
		of: (kind: string): readonly Observation[] => of(kind),
		/** @param startedAt when the job was accepted: of jobs that start together, the quick ones end first */
		add(kind: string, observation: Observation, startedAt: number): void {
			insert(kind, observation, startedAt);
			if (hasChanged(of(kind))) kinds.set(kind, of(kind).slice(-changeCount));
		},
		/** For later executions: at most 20,000 characters. */
		toJSON: (): StoredDurations =>
			Object.fromEntries(
				Array.from(kinds, ([kind, entries]) => [kind, entries.slice(-maxStored).map(toPair)]),
			),
		/** Whether it is worth storing again: a new kind, 1.5 times as many jobs, or a median that moved by a quarter. */
		differsFrom(storedBefore: unknown): boolean {
			const before = createDurationHistory(storedBefore);
			return [...kinds].some(([kind, entries]) => {
				const [was, is] = [before.of(kind), entries.slice(-maxStored)];
				const moved = medianMs(is) / medianMs(was);
				return is.length >= 1.5 * was.length || moved > 1.25 || moved < 1 / 1.25;
			});
		},
	};
}

/** In whole milliseconds. */
const toPair = ({ lastRunningMs, firstDoneMs }: Observation) =>
	[Math.floor(lastRunningMs), Math.ceil(firstDoneMs)] as const;

function hasChanged(entries: readonly Observation[]): boolean {
	const [before, newest] = [entries.slice(0, -changeCount), entries.slice(-changeCount)];
	const slowest = Math.max(...before.map(({ firstDoneMs }) => firstDoneMs));
	const quickest = Math.min(...before.map(lowerBoundMs));
	const areSlower = newest.every(({ lastRunningMs }) => lastRunningMs >= changeFactor * slowest);
	const areQuicker = newest.every(({ firstDoneMs }) => changeFactor * firstDoneMs <= quickest);
	return before.length > 0 && (areSlower || areQuicker);
}

function medianMs(observations: readonly Observation[]): number {
	const sorted = observations.map(lowerBoundMs).sort((left, right) => left - right);
	return sorted[sorted.length >> 1] ?? NaN;
}

function* parseStored(stored: unknown): Generator<[kind: string, Observation]> {
	for (const [kind, pairs] of Object.entries(isRecord(stored) ? stored : {}).slice(-maxKinds)) {
		for (const pair of Array.isArray(pairs) ? pairs.slice(-maxStored) : []) {
			const [lastRunningMs, firstDoneMs]: unknown[] = Array.isArray(pair) ? pair : [];
			if (typeof lastRunningMs === 'number' && typeof firstDoneMs === 'number')
				yield [kind, { lastRunningMs, firstDoneMs }];
		}
	}
}
