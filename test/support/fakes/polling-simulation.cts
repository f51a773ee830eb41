import type { Observation } from '../../../nodes/core/polling/durationHistory';
import { createDurationStats } from '../../../nodes/core/polling/durationStats';
import type { Schedule } from '../../../nodes/core/polling/schedule';
import { randomFrom } from '../../../emulator/random.cjs';

export type Band = readonly [fromSeconds: number, toSeconds: number];

export const bands: readonly Band[] = [
	[1, 5],
	[5, 20],
	[20, 60],
	[60, 300],
	[300, 1_200],
];

/** One model: the durations of its jobs in the order in which they start. */
export interface Model {
	readonly name: string;
	readonly durationsMs: readonly number[];
}

/** How one job was polled. */
export interface Wait {
	readonly durationMs: number;
	readonly lateMs: number;
	readonly calls: number;
	readonly observation: Observation;
}

type Random = () => number;

/** Requests take no time here: a poll sees the job as it is at that moment. */
export function waitFor(durationMs: number, schedule: Schedule, random: Random): Wait {
	let age = 0;
	for (let calls = 1; ; calls++) {
		const lastRunningMs = age;
		age += schedule.pauseMs(age, random());
		if (age < durationMs) continue;
		const observation = { lastRunningMs, firstDoneMs: age };
		return { durationMs, lateMs: age - durationMs, calls, observation };
	}
}

/** Models whose usual times are spread evenly over a band. `factor` gives each job its duration in terms of it. */
export function modelsIn(
	[from, to]: Band,
	count: number,
	jobs: number,
	factor: (random: Random, job: number) => number,
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
	(random: Random): number =>
		1 + share * (2 * random() - 1);

const statsWith = (pauseFactor: number, stored?: unknown) =>
	createDurationStats(stored, { eager: pauseFactor, balanced: pauseFactor, frugal: pauseFactor });

/** Polls the jobs of each model one after the other. @param pauseFactor 1 is Balanced */
export const runInTurn = (models: readonly Model[], pauseFactor = 1, stored?: unknown): Wait[][] =>
	models.map(({ name, durationsMs }) => {
		const random = randomFrom(`polls of ${name}`);
		const stats = statsWith(pauseFactor, stored);
		return durationsMs.map((durationMs, job) => {
			const tracked = stats.trackJob(name, 'balanced');
			const wait = waitFor(durationMs, tracked, random);
			tracked.complete(wait.observation, job);
			return wait;
		});
	});

/** The same with a schedule that learns nothing. */
export const runFixed = (
	models: readonly Model[],
	schedule: Schedule,
	immediate = false,
): Wait[][] =>
	models.map(({ name, durationsMs }) => {
		const random = randomFrom(`polls of ${name}`);
		return durationsMs.map((durationMs) => {
			const wait = waitFor(durationMs, schedule, random);
			return immediate ? { ...wait, calls: wait.calls + 1 } : wait;
		});
	});

/** Polls jobs of one unknown kind, at most so many at a time. */
export function runConcurrently({ name, durationsMs }: Model, concurrency: number): Wait[] {
	const random = randomFrom(`polls of ${name}`);
	const stats = statsWith(1);
	const waits: Wait[] = [];
	let now = 0;
	let started = 0;
	const start = () => {
		const tracked = stats.trackJob(name, 'balanced');
		const job = { index: started++, tracked, startedAt: now, lastRunningMs: 0, calls: 0, dueAt: 0 };
		const plan = (draw: number) => {
			const pause = tracked.pauseMs(job.lastRunningMs, draw);
			job.dueAt = Math.max(now, job.startedAt + job.lastRunningMs + pause);
			tracked.onReschedule(() => plan(draw));
		};
		return { job, plan };
	};
	let running = Array.from({ length: concurrency }, start);
	for (const { plan } of running) plan(random());
	while (running.length > 0) {
		const next = running.reduce((first, other) =>
			other.job.dueAt < first.job.dueAt ? other : first,
		);
		const { job, plan } = next;
		now = job.dueAt;
		job.calls += 1;
		const age = now - job.startedAt;
		const durationMs = durationsMs[job.index] ?? 0;
		if (age < durationMs) {
			job.lastRunningMs = age;
			plan(random());
			continue;
		}
		running = running.filter((other) => other !== next);
		const observation = { lastRunningMs: job.lastRunningMs, firstDoneMs: age };
		job.tracked.complete(observation, job.startedAt);
		waits[job.index] = { durationMs, calls: job.calls, observation, lateMs: age - durationMs };
		if (started === durationsMs.length) continue;
		const follower = start();
		follower.plan(random());
		running.push(follower);
	}
	return waits;
}

export interface Summary {
	/** Mean lateness in seconds. */
	readonly late: number;
	/** The greatest, in seconds. */
	readonly worst: number;
	/** Mean number of polls. */
	readonly calls: number;
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
	};
}
