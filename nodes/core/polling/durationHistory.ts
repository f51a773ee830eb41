import { isRecord } from '../json';
import { isTelling, type Observation } from './observation';

/** How long jobs took, by their kind: bounded, and what is new counts. All times are in milliseconds. */
export interface DurationHistory {
	/**
	 * @param kind see `kindOf`
	 * @param startedAt when the job was accepted, on a clock that all jobs of this execution share: jobs that start
	 * together end in the order of their durations, which must not look like a trend
	 */
	add(kind: string, sighting: Observation, startedAt: number): void;
	/** What was seen of one kind, in the order in which the jobs started; the same array until something is added. */
	of(kind: string): readonly Observation[];
	/** JSON to be kept for later executions; 20,000 characters at most. */
	toJSON(): StoredDurations;
	/** Whether that says notably more than what was stored: a new kind, half as many jobs again, other times. */
	hasNewsBeside(stored: unknown): boolean;
}

export interface StoredDurations {
	/** The newest last; `seen` alternates `lastRunningMs` and `firstDoneMs`, the newest job last. */
	readonly kinds: ReadonlyArray<{ readonly kind: string; readonly seen: readonly number[] }>;
}

interface Entry {
	readonly startedAt: number;
	readonly sighting: Observation;
}

interface Kind {
	entries: Entry[];
	seen: readonly Observation[];
}

const mostKinds = 32;
export const mostSeen = 48;
const mostStored = 24;
/** So many telling sightings outlive any number of vague ones: a schedule of few looks would forget all it knows. */
const leastTelling = 8;
const longestKind = 120;
const longestMs = 86_400_000;

/**
 * So many jobs in a row, each slower than all before by this factor, or each quicker: the model has changed. Of those
 * before, this share is left out, since one that was looked at late would hide it.
 */
const changedRun = 3;
const changedFactor = 1.1;
const exceptionShare = 0.05;
/** A run of jobs that all ended unseen is no accident when its chance is below this. */
const leastChance = 0.001;

/** Half as many jobs again are worth keeping, or times that have moved by a quarter; the noise of each day is not. */
const notablyMore = 1.5;
const notablyOther = 1.25;

/**
 * The name of jobs that take about as long as each other: one model, and sizes (steps × samples, say) within a factor of
 * two.
 */
export function kindOf(model: string, size = 1): string {
	const sizeClass = Math.floor(Math.log2(Number.isFinite(size) ? Math.max(size, 1) : 1));
	return `${model.slice(0, longestKind - 8)} ${sizeClass}`;
}

/** @param stored what an earlier execution kept; whatever in it is not what `toJSON` gives is passed over */
export function createDurationHistory(stored?: unknown): DurationHistory {
	const kinds = new Map<string, Kind>();
	const entriesWith = (
		name: string,
		given: Observation,
		startedAt: number,
	): Entry[] | undefined => {
		const sighting = bounded(given);
		if (sighting === undefined || name === '' || name.length > longestKind) return undefined;
		const { entries } = kinds.get(name) ?? { entries: [] };
		const later = entries.findLastIndex((entry) => entry.startedAt <= startedAt);
		return entries.toSpliced(later + 1, 0, { startedAt, sighting });
	};
	const put = (name: string, entries: readonly Entry[]): void => {
		const kept = newestOf(entries, mostSeen);
		// The kind that was seen last stands last: the first is the one to forget.
		kinds.delete(name);
		kinds.set(name, { entries: kept, seen: kept.map((entry) => entry.sighting) });
		const [oldest] = kinds.keys();
		if (kinds.size > mostKinds && oldest !== undefined) kinds.delete(oldest);
	};
	const add = (name: string, given: Observation, startedAt: number): void => {
		const entries = entriesWith(name, given, startedAt);
		if (entries !== undefined) put(name, entries.slice(firstOfToday(entries)));
	};
	for (const [name, sighting] of storedSightings(stored)) {
		// Without what stood before it, chance would look like a change.
		const entries = entriesWith(name, sighting, -Infinity);
		if (entries !== undefined) put(name, entries);
	}
	return {
		add,
		of: (kind) => kinds.get(kind)?.seen ?? nothing,
		toJSON: () => ({
			kinds: [...kinds].map(([kind, { entries }]) => ({
				kind,
				seen: toStore(entries).flatMap(
					({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }) => [
						lastRunningMs,
						firstDoneMs,
					],
				),
			})),
		}),
		hasNewsBeside: (other) => {
			const before = createDurationHistory(other);
			return [...kinds].some(([kind, { entries }]) => isNews(before.of(kind), toStore(entries)));
		},
	};
}

const nothing: readonly Observation[] = [];

function isNews(before: readonly Observation[], now: readonly Observation[]): boolean {
	const moved = middleOf(now) / middleOf(before);
	return (
		now.length >= notablyMore * before.length || moved > notablyOther || moved < 1 / notablyOther
	);
}

/** The middle of what jobs took, as far as it was seen. */
const middleOf = (seen: readonly Observation[]): number =>
	seen
		.map(
			({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }) =>
				(lastRunningMs + firstDoneMs) / 2,
		)
		.toSorted(ascending)
		.at(seen.length >> 1) ?? NaN;

/** @returns whole milliseconds within a day, or undefined when it makes no sense */
function bounded({
	lastRunningMs: lastRunningMs,
	firstDoneMs: firstDoneMs,
}: Observation): Observation | undefined {
	if (!(lastRunningMs >= 0 && firstDoneMs > lastRunningMs && firstDoneMs <= longestMs))
		return undefined;
	const after = Math.floor(lastRunningMs);
	return { lastRunningMs: after, firstDoneMs: Math.max(Math.ceil(firstDoneMs), after + 1) };
}

/** The newest, at most so many, and the newest of the telling ones in any case. */
function newestOf(entries: readonly Entry[], most: number): Entry[] {
	const kept = [...entries];
	let telling = kept.filter(({ sighting }) => isTelling(sighting)).length;
	while (kept.length > most) {
		const spared = telling <= leastTelling;
		const oldest = kept.findIndex(({ sighting }) => !spared || !isTelling(sighting));
		const [gone] = kept.splice(oldest, 1);
		if (gone !== undefined && isTelling(gone.sighting)) telling -= 1;
	}
	return kept;
}

const toStore = (entries: readonly Entry[]): Observation[] =>
	newestOf(entries, mostStored).map(({ sighting }) => sighting);

/** Where the jobs begin that tell of the model as it is now. */
function firstOfToday(entries: readonly Entry[]): number {
	const all = entries.map((entry) => entry.sighting);
	const first = all.length - changedRun;
	const [before, newest] = [all.slice(0, Math.max(0, first)), all.slice(first)];
	const telling = before.filter(isTelling);
	if (before.length > 0 && newest.every(isTelling)) {
		const [slowest = 0] = butExceptions(
			before.map(({ firstDoneMs: firstDoneMs }) => firstDoneMs).toSorted(descending),
		);
		const [quickest = 0] = butExceptions(
			telling.map(({ lastRunningMs: lastRunningMs }) => lastRunningMs).toSorted(ascending),
		);
		const slower = least(newest) >= changedFactor * slowest;
		const quicker = changedFactor * most(newest) <= quickest;
		if (slower || quicker) return first;
	}
	return firstOfEarlyRun(all);
}

const butExceptions = (sorted: readonly number[]): number[] =>
	sorted.slice(Math.floor(exceptionShare * sorted.length));

const ascending = (left: number, right: number) => left - right;
const descending = (left: number, right: number) => right - left;
const least = (list: readonly Observation[]) =>
	Math.min(...list.map(({ lastRunningMs: lastRunningMs }) => lastRunningMs));
const most = (list: readonly Observation[]) =>
	Math.max(...list.map(({ firstDoneMs: firstDoneMs }) => firstDoneMs));

/**
 * Where a run of jobs begins that had all ended before anybody looked, when that is too long for chance, measured by how
 * often it happened before. How much quicker the model has become nobody saw: such a run alone counts as no knowledge.
 */
function firstOfEarlyRun(all: readonly Observation[]): number {
	const before = all.slice(0, all.findLastIndex(isTelling) + 1);
	const run = all.slice(before.length);
	const telling = before.filter(isTelling);
	// A look that still saw one run may see the next one ended: only earlier ones are a surprise.
	const usual =
		telling.map(({ lastRunningMs: lastRunningMs }) => lastRunningMs).toSorted(ascending)[
			telling.length >> 1
		] ?? 0;
	const early = before.length - telling.length;
	const chance = ((early + 1) / (before.length + 2)) ** run.length;
	// A look that comes late anyway tells nothing of a change.
	return before.length > 0 && most(run) <= usual && chance < leastChance ? before.length : 0;
}

function* storedSightings(stored: unknown): Generator<[string, Observation]> {
	const kinds = isRecord(stored) ? stored['kinds'] : undefined;
	if (!Array.isArray(kinds)) return;
	for (const entry of kinds.slice(-mostKinds) as unknown[]) {
		if (!isRecord(entry)) continue;
		const { kind, seen } = entry;
		if (typeof kind !== 'string' || !Array.isArray(seen)) continue;
		// Pairs from the end, so that an odd number does not mix them up.
		const numbers: unknown[] = seen.slice(-2 * mostStored);
		for (let index = numbers.length % 2; index < numbers.length; index += 2) {
			const [lastRunningMs, firstDoneMs] = [numbers[index], numbers[index + 1]];
			if (typeof lastRunningMs === 'number' && typeof firstDoneMs === 'number')
				yield [kind, { lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }];
		}
	}
}
