import type { Schedule } from '../../nodes/core/polling/schedule';
import { fewestCalls } from './bound.cjs';
import { looksAtOnce, peers } from './peers.cjs';
import {
	around,
	bands,
	modelsIn,
	rangesIn,
	runFixed,
	runLearning,
	summarise,
	type Band,
	type Model,
	type Summary,
	type Wait,
} from './simulate.cjs';

export const settings = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1] as const;
export const middle = 0.5;
const warmUp = 48;
const measured = 50;
const models = 40;

export interface Cell {
	readonly band: Band;
	readonly ours: ReadonlyArray<Summary & { readonly setting: number }>;
	readonly peers: ReadonlyArray<Summary & { readonly mark: string }>;
	/** The first schedule of this node: a tenth of the age, between one and five seconds. */
	readonly before: Summary;
	/** The fewest looks that any schedule needs for the lateness of each setting, knowing the distribution. */
	readonly bound: readonly number[];
}

function compare(band: Band, list: readonly Model[], from: number, share?: number): Cell {
	const ours = settings.map((setting) => ({
		setting,
		...summarise(runLearning(list, setting, share !== undefined), from),
	}));
	const ranges =
		share === undefined
			? [{ fromMs: band[0] * 1_000, toMs: band[1] * 1_000 }]
			: rangesIn(band, share);
	return {
		band,
		ours,
		peers: peers.map((peer) => ({
			mark: peer.mark,
			...summarise(runFixed(list, peer.schedule, looksAtOnce(peer)), from),
		})),
		before: summarise(runFixed(list, adaptiveSchedule), from),
		bound: ours.map(({ late }) => fewestCalls(ranges, late * 1_000)),
	};
}

/** What this package did before it learned: a tenth of the age, at least a second, at most five. */
const adaptiveSchedule: Schedule = {
	pauseMs: (ageMs, random) => Math.min(5_000, Math.max(1_000, 0.1 * ageMs)) * (0.9 + 0.2 * random),
};

/** Jobs of kinds never seen before. */
export const cold = (): Cell[] =>
	bands.map((band) =>
		compare(
			band,
			modelsIn(band, models * measured, 1, () => 1),
			0,
		),
	);

/** Jobs of kinds that have a history. */
export const warm = (share: number): Cell[] =>
	bands.map((band) =>
		compare(band, modelsIn(band, models, warmUp + measured, around(share)), warmUp, share),
	);

export interface Change {
	readonly band: Band;
	/** The ten jobs after the change. */
	readonly first: Summary;
	/** The greatest lateness of one of them above a tenth of its time, in seconds. */
	readonly aboveTenth: number;
	/** Those after. */
	readonly later: Summary;
	/** The same models, had they always been so. */
	readonly always: Summary;
}

/** A model whose usual time changes by a factor, half-way. */
export const change = (factor: number): Change[] =>
	bands.map((band) => {
		const spread = around(0.15);
		const changed = modelsIn(
			band,
			models,
			warmUp + 10 + measured,
			(random, job) => (job < warmUp ? 1 : factor) * spread(random),
		);
		const steady = modelsIn(
			band,
			models,
			warmUp + 10 + measured,
			(random) => factor * spread(random),
		);
		const waits = runLearning(changed, middle);
		const afterChange = waits.flatMap((one) => one.slice(warmUp, warmUp + 10));
		return {
			band,
			first: summarise(waits, warmUp, warmUp + 10),
			aboveTenth: Math.max(...afterChange.map(aboveTenth)),
			later: summarise(waits, warmUp + 10),
			always: summarise(runLearning(steady, middle), warmUp + 10),
		};
	});

const aboveTenth = ({ lateMs, durationMs }: Wait) => (lateMs - durationMs / 10) / 1_000;

export interface Step {
	/** How many jobs of the kind had ended. */
	readonly known: number;
	readonly bands: readonly Summary[];
}

/** How fast a kind gets warm, for durations within 15 %. */
export function learningCurve(): Step[] {
	const points = [0, 1, 2, 3, 5, 10, 20, 40];
	const runs = bands.map((band) =>
		runLearning(modelsIn(band, 200, Math.max(...points) + 1, around(0.15)), middle),
	);
	return points.map((known) => ({
		known,
		bands: runs.map((waits) => summarise(waits, known, known + 1)),
	}));
}
