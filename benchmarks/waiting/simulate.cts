import { createDurationHistory } from '../../nodes/core/polling/durationHistory';
import { createKnob } from '../../nodes/core/polling/pollCost';
import { createLearner } from '../../nodes/core/polling/adaptiveSchedule';
import type { Schedule } from '../../nodes/core/polling/schedule';
import type { Observation } from '../../nodes/core/polling/observation';
import { randomFrom } from '../../emulator/random.cjs';
import type { Range } from './bound.cjs';

export type Band = readonly [fromSeconds: number, toSeconds: number];

export const bands: readonly Band[] = [
	[1, 5],
	[5, 20],
	[20, 60],
	[60, 300],
	[300, 1_200],
];

/** One model: durations of its jobs in the order in which they run, one after the other. */
export interface Model {
	readonly name: string;
	readonly durationsMs: readonly number[];
}

/** What waiting for one job came to. */
export interface Wait {
	readonly durationMs: number;
	readonly lateMs: number;
	readonly calls: number;
	readonly sighting: Observation;
}

/** Requests take no time here: a look sees the job as it is at that moment. */
export function waitFor(durationMs: number, schedule: Schedule, random: () => number): Wait {
	let age = 0;
	for (let calls = 1; ; calls++) {
		const lastRunningMs = age;
		age += schedule.pauseMs(age, random());
		if (age < durationMs) continue;
		return {
			durationMs,
			lateMs: age - durationMs,
			calls,
			sighting: { lastRunningMs: lastRunningMs, firstDoneMs: age },
		};
	}
}

/** Models whose usual times are spread evenly over a band. `factor` gives each job its duration in terms of it. */
export function modelsIn(
	[from, to]: Band,
	count: number,
	jobs: number,
	factor: (random: () => number, job: number) => number,
): Model[] {
	return Array.from({ length: count }, (_none, index) => {
		const name = `model ${from}-${to} ${index}`;
		const random = randomFrom(name);
		const usualMs = 1_000 * (from + ((to - from) * (index + random())) / count);
		const durationsMs = Array.from({ length: jobs }, (_job, job) => usualMs * factor(random, job));
		return { name, durationsMs };
	});
}

/** A factor that is uniform within a share around 1. */
export const around =
	(share: number) =>
	(random: () => number): number =>
		1 + share * (2 * random() - 1);

/** Waits for all jobs of all models, each model with a history of its own. */
export function runLearning(
	models: readonly Model[],
	frugality: number,
	learns = true,
	stored?: unknown,
): Wait[][] {
	return models.map(({ name, durationsMs }) => {
		const random = randomFrom(`looks at ${name}`);
		const durations = createDurationHistory(stored);
		const learner = createLearner(durations, createKnob(frugality));
		return durationsMs.map((durationMs, job) => {
			const flight = learner.begin(name);
			const wait = waitFor(durationMs, flight, random);
			flight.complete(learns ? wait.sighting : undefined, job);
			return wait;
		});
	});
}

/** The same for a schedule that learns nothing. */
export function runFixed(models: readonly Model[], schedule: Schedule, atOnce = false): Wait[][] {
	return models.map(({ name, durationsMs }) => {
		const random = randomFrom(`looks at ${name}`);
		return durationsMs.map((durationMs) => {
			const wait = waitFor(durationMs, schedule, random);
			return atOnce ? { ...wait, calls: wait.calls + 1 } : wait;
		});
	});
}

export interface Summary {
	/** Seconds. */
	readonly late: number;
	/** Seconds. */
	readonly worst: number;
	readonly calls: number;
	readonly jobs: number;
}

/** @param from the first job of each model that counts */
export function summarise(waits: ReadonlyArray<readonly Wait[]>, from = 0, to?: number): Summary {
	const all = waits.flatMap((one) => one.slice(from, to));
	const mean = (of: (wait: Wait) => number) =>
		all.reduce((sum, wait) => sum + of(wait), 0) / all.length;
	return {
		late: mean(({ lateMs }) => lateMs) / 1_000,
		worst: all.reduce((most, { lateMs }) => Math.max(most, lateMs), 0) / 1_000,
		calls: mean(({ calls }) => calls),
		jobs: all.length,
	};
}

/** The range of durations of each model of a band, for the lower bound. */
export const rangesIn = ([from, to]: Band, share: number): Range[] =>
	Array.from({ length: 200 }, (_none, index) => {
		const usualMs = 1_000 * (from + ((to - from) * (index + 0.5)) / 200);
		return { fromMs: usualMs * (1 - share), toMs: usualMs * (1 + share) };
	});
