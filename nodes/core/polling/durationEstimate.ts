import { innermost, isTelling, likelyFromMs, type Observation } from './observation';

/** What is believed of how long a job takes: a histogram. */
export interface Lifetime {
	/** The bounds of the cells in milliseconds, rising from 0; one more than there are cells. */
	readonly edges: Float64Array;
	/** The probability of each cell. What they lack of 1 lies beyond the last edge. */
	readonly masses: Float64Array;
	/** From here on the job may end, as far as was seen. */
	readonly fromMs: number;
}

const fineCells = 160;
const rounds = 4;

/** How far durations of one kind are believed to differ, as a standard deviation of their logarithms, and how firmly. */
const priorSpread = 0.2;
const priorWeight = 2;

/** What is not seen yet lies about what was seen: within this many spreads, less with each job. Tried, not derived. */
const bandwidth = 2.8;
const bandwidthPower = 0.7;
/** A single job says nothing of the spread: wider than this would be a guess upon a guess. */
const mostBandwidth = 2.4;

/** How far beyond all that has ended those may end that still run, as a logarithm: two of the spreads above. */
const tail = 2 * priorSpread;

/** How likely it is, at first, that a job has nothing to do with those before. */
const surprise = 0.0001;

/** For each job seen, this share may end before a job is said to be able to end. */
const shareBefore = 0.0002;

/** The lifetime of a job of unknown kind: heavy-tailed (Weibull of shape 1/2), its median 33 s. */
const outlives = (ms: number): number => Math.exp(-0.0038 * Math.sqrt(ms));

/** Logarithmic cells about all that was seen, below them coarse ones that only a surprise can fill. */
interface Grid {
	readonly edges: Float64Array;
	/** How many coarse cells there are. */
	readonly coarse: number;
	/** How many fine cells the kernel reaches to each side. */
	readonly blurred: number;
}

/**
 * Estimates how long the next job takes. A duration is only known to lie between two looks, so each is spread over its
 * interval in proportion to what all of them together say (Turnbull 1976), smoothed in each round (EMS, Silverman et al.
 * 1990).
 * @param sightings at least one of them telling, if only once the others and those that run narrow it down
 * @param running ages at which jobs were seen to run that have not ended yet: left out, the quick ones would speak for all
 */
export function estimateLifetime(
	sightings: readonly Observation[],
	running: readonly number[] = [],
): Lifetime {
	const someRun = running.length > 0;
	const narrowed = innermost(sightings, running);
	const { edges, coarse, blurred } = gridFor(narrowed, someRun);
	const spans = [...sightings, ...running.map(stillRunning(edges))].map(spanIn(edges));
	const cells = edges.length - 1;
	const survival = edges.map(outlives);
	const believe = (seen: Float64Array): Float64Array => {
		const believed = new Float64Array(cells);
		for (let cell = 0; cell < cells; cell++) {
			const unknown = (survival[cell] ?? 0) - (survival[cell + 1] ?? 0);
			believed[cell] = (1 - surprise) * (seen[cell] ?? 0) + surprise * unknown;
		}
		return believed;
	};
	let seen = new Float64Array(cells).fill(1 / fineCells, coarse);
	for (let round = 0; round < rounds; round++) {
		const believed = believe(seen);
		seen = new Float64Array(cells);
		for (const span of spans) spread(span, believed, 1 / spans.length, seen);
		// Twice a moving mean makes a kernel with slopes.
		const fine = seen.subarray(coarse);
		blur(fine, blurred);
		blur(fine, blurred);
	}
	return { edges, masses: believe(seen), fromMs: startOf(seen, edges, coarse, spans.length) };
}

/** The cells that a sighting touches, and which shares of the first and the last lie within it. */
interface Span {
	readonly from: number;
	readonly to: number;
	readonly ofFirst: number;
	readonly ofLast: number;
}

const spanIn =
	(edges: Float64Array) =>
	({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }: Observation): Span => {
		const last = edges.length - 2;
		const from = Math.min(last, cellAt(edges, lastRunningMs));
		const to = Math.min(last, cellAt(edges, firstDoneMs - 1));
		const within = (cell: number): number => {
			const [low, high] = [edges[cell] ?? 0, edges[cell + 1] ?? 0];
			return Math.max(Math.min(firstDoneMs, high) - Math.max(lastRunningMs, low), 1) / (high - low);
		};
		return { from, to, ofFirst: within(from), ofLast: from === to ? 0 : within(to) };
	};

/** Adds a mass to the cells of a span, in proportion to what is believed of them. */
function spread(
	{ from, to, ofFirst, ofLast }: Span,
	believed: Float64Array,
	mass: number,
	seen: Float64Array,
): void {
	const first = ofFirst * (believed[from] ?? 0);
	const last = ofLast * (believed[to] ?? 0);
	let whole = first + last;
	for (let cell = from + 1; cell < to; cell++) whole += believed[cell] ?? 0;
	const share = mass / whole;
	seen[from] = (seen[from] ?? 0) + share * first;
	seen[to] = (seen[to] ?? 0) + share * last;
	for (let cell = from + 1; cell < to; cell++)
		seen[cell] = (seen[cell] ?? 0) + share * (believed[cell] ?? 0);
}

/** What a job that still runs tells: it ends later. One that is older than all that is thought of tells nothing. */
const stillRunning =
	(edges: Float64Array) =>
	(ageMs: number): Observation => {
		const last = edges.at(-1) ?? 0;
		return { lastRunningMs: ageMs < last ? ageMs : 0, firstDoneMs: last };
	};

function gridFor(sightings: readonly Observation[], someRun: boolean): Grid {
	const telling = sightings.filter(isTelling);
	const centres = telling.map((one) => Math.log(likelyFromMs(one) * one.firstDoneMs) / 2);
	const mean = centres.reduce((sum, one) => sum + one, 0) / centres.length;
	const squares = centres.reduce((sum, one) => sum + (one - mean) ** 2, 0);
	const spread = Math.sqrt(
		(priorWeight * priorSpread ** 2 + squares) / (priorWeight + centres.length),
	);
	const kernel = spread * Math.min(mostBandwidth, bandwidth / centres.length ** bandwidthPower);
	const margin = 2 * kernel + 0.02;
	const low = Math.log(Math.min(...telling.map(likelyFromMs))) - margin;
	const high =
		Math.log(Math.max(...sightings.map(({ firstDoneMs: firstDoneMs }) => firstDoneMs))) +
		margin +
		(someRun ? tail : 0);
	const step = (high - low) / fineCells;
	const coarse = [0];
	for (let edge = 1_500; edge < Math.exp(low) / 1.15; edge *= 1.3) coarse.push(edge);
	const fine = Array.from({ length: fineCells + 1 }, (_none, cell) => Math.exp(low + cell * step));
	return {
		edges: Float64Array.from([...coarse, ...fine]),
		coarse: coarse.length,
		blurred: Math.max(1, Math.round(kernel / step)),
	};
}

/** The cell that holds a time; beyond the last edge, the number of cells. */
export function cellAt(edges: Float64Array, ms: number): number {
	let low = 0;
	let high = edges.length - 1;
	if (ms >= (edges[high] ?? 0)) return high;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((edges[middle] ?? 0) <= ms) low = middle;
		else high = middle;
	}
	return low;
}

/** Moving mean over `half` cells to each side, in place; what would fall off the ends is shared out among all. */
function blur(values: Float64Array, half: number): void {
	const sums = new Float64Array(values.length + 1);
	for (let cell = 0; cell < values.length; cell++)
		sums[cell + 1] = (sums[cell] ?? 0) + (values[cell] ?? 0);
	const size = values.length;
	let kept = 0;
	for (let cell = 0; cell < size; cell++) {
		const to = cell + half + 1;
		const from = cell - half;
		const mass = (sums[to < size ? to : size] ?? 0) - (sums[from > 0 ? from : 0] ?? 0);
		values[cell] = mass;
		kept += mass;
	}
	const factor = kept > 0 ? (sums[size] ?? 0) / kept : 0;
	for (let cell = 0; cell < size; cell++) values[cell] = (values[cell] ?? 0) * factor;
}

/** Where the fine cells hold their first hundredth; farther down the less was seen, since the edges are guessed then. */
function startOf(seen: Float64Array, edges: Float64Array, coarse: number, count: number): number {
	let before = 0;
	for (let cell = coarse; cell < seen.length; cell++) {
		before += seen[cell] ?? 0;
		if (before >= count * shareBefore) return edges[cell] ?? 0;
	}
	return edges[coarse] ?? 0;
}
