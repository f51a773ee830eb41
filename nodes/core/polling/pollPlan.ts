import type { Knob } from './pollCost';
import { cellAt, type Lifetime } from './durationEstimate';

/** When to look at jobs of one kind. */
export interface Plan {
	/** @returns milliseconds until the next look at a job that still runs; undefined when it has outlived the plan */
	pauseMs(ageMs: number): number | undefined;
}

/** Before a job may end, as far as was seen, no pause is longer than this multiple of its age and this time. */
const earlyShare = 2;
const earlyMs = 150_000;

/**
 * The longest pause, whatever would be optimal: history may be wrong. Once the job may end, as far as was seen, its end
 * is not seen later than that of a job of unknown kind. The frugal half of the knob tolerates more at the first look.
 */
const longestPauseMs = (ageMs: number, fromMs: number, knob: Knob): number =>
	ageMs < fromMs
		? Math.min(earlyShare * ageMs + earlyMs, fromMs + knob.toleratedMs(fromMs) - ageMs)
		: knob.coldPauseMs(ageMs);

/**
 * The optimum inspection policy (Barlow, Hunter & Proschan 1963) for a histogram, by backward recursion: the state is an
 * edge that the job has outlived, the choice the edge of the next look, or several looks within the cell at hand, as
 * many as the square-root law of Keller (1974) gives. Costs are counted in milliseconds of lateness, weighted by the
 * probability that the job gets so far.
 */
export function planLooks(lifetime: Lifetime, knob: Knob): Plan {
	const { edges, masses, fromMs } = lifetime;
	const last = masses.length;
	const { ended, moments } = sumsOf(lifetime);
	const lookCosts = edges.map((age) => knob.lookCostMs(age));
	const costs = new Float64Array(last + 1);
	const pauses = new Float64Array(last);
	for (let from = last - 1; from >= 0; from--) {
		const age = at(edges, from);
		const alive = 1 - at(ended, from);
		const shortest = knob.shortestPauseMs(age);
		const longest = longestPauseMs(age, fromMs, knob);
		let best = Infinity;
		for (let to = from + 1; to <= last; to++) {
			const pause = at(edges, to) - age;
			if (pause > longest && best < Infinity) break;
			if (pause < shortest && to < last) continue;
			const late =
				at(edges, to) * (at(ended, to) - at(ended, from)) - (at(moments, to) - at(moments, from));
			const cost = at(lookCosts, to) * alive + late + at(costs, to);
			if (cost >= best) continue;
			best = cost;
			pauses[from] = pause;
		}
		const width = at(edges, from + 1) - age;
		const mass = at(masses, from);
		const lookCost = at(lookCosts, from + 1);
		const wanted = Math.sqrt((mass * width) / (2 * lookCost * (alive - mass / 2)));
		const looks = Math.min(Math.floor(width / shortest), Math.round(wanted));
		if (looks > 1) {
			const looking = lookCost * (alive * looks - (mass * (looks - 1)) / 2);
			const cost = looking + (mass * width) / (2 * looks) + at(costs, from + 1);
			if (cost < best) {
				best = cost;
				pauses[from] = width / looks;
			}
		}
		costs[from] = best;
	}
	return {
		pauseMs: (ageMs) => {
			const pause = pauseAt(edges, pauses, ageMs);
			return pause === undefined ? undefined : Math.min(pause, longestPauseMs(ageMs, fromMs, knob));
		},
	};
}

const at = (list: Float64Array, index: number): number => list[index] ?? 0;

/** Up to each edge: how many jobs have ended, and the sum of their durations. */
function sumsOf({ edges, masses }: Lifetime): { ended: Float64Array; moments: Float64Array } {
	const ended = new Float64Array(edges.length);
	const moments = new Float64Array(edges.length);
	for (const [cell, mass] of masses.entries()) {
		ended[cell + 1] = at(ended, cell) + mass;
		moments[cell + 1] = at(moments, cell) + (mass * (at(edges, cell) + at(edges, cell + 1))) / 2;
	}
	return { ended, moments };
}

/** Looks come a little off the edges, since they are jittered and take time: the nearest edge decides. */
function pauseAt(edges: Float64Array, pauses: Float64Array, ageMs: number): number | undefined {
	const cell = cellAt(edges, ageMs);
	if (cell >= pauses.length) return undefined;
	const low = at(edges, cell);
	const width = at(edges, cell + 1) - low;
	const pause = at(pauses, cell);
	if (pause < 0.99 * width) return pause;
	const near = ageMs - low < width / 2 ? cell : cell + 1;
	return near >= pauses.length ? undefined : at(edges, near) + at(pauses, near) - ageMs;
}
