import { createDurationHistory } from '../../nodes/core/polling/durationHistory';
import { createLearner, type TrackedJob } from '../../nodes/core/polling/adaptiveSchedule';
import { randomFrom } from '../../emulator/random.cjs';
import {
	around,
	bands,
	modelsIn,
	summarise,
	type Band,
	type Model,
	type Summary,
	type Wait,
} from './simulate.cjs';

const usual = 100;

export interface Waves {
	readonly first: Summary;
	readonly second: Summary;
}

/** Two hundred jobs of one new kind, a hundred in flight, that share one history. */
export function wavesIn(band: Band, share: number, models = 20, inFlight = usual): Waves {
	const list = modelsIn(band, models, 2 * inFlight, around(share));
	const waits = list.map((model) => runTogether(model, inFlight));
	return { first: summarise(waits, 0, inFlight), second: summarise(waits, inFlight) };
}

export const batch = (share: number): Waves[] => bands.map((band) => wavesIn(band, share));

interface Running {
	readonly job: number;
	readonly startedAt: number;
	readonly flight: TrackedJob;
	/** Its age at the last look. */
	lastRunningMs: number;
	calls: number;
	random: number;
	/** Its age at the next look. */
	nextMs: number;
}

/** Jobs of a kind that nothing is known of, so many in flight at any time. */
export function runTogether({ name, durationsMs }: Model, inFlight: number): Wait[] {
	const random = randomFrom(`looks at ${name}`);
	const learner = createLearner(createDurationHistory());
	const waits: Wait[] = [];
	let now = 0;
	const aim = (one: Running): void => {
		one.nextMs = Math.max(
			now - one.startedAt,
			one.lastRunningMs + one.flight.pauseMs(one.lastRunningMs, one.random),
		);
	};
	const start = (job: number): Running => {
		const flight = learner.begin(name);
		const one = {
			job,
			startedAt: now,
			flight,
			lastRunningMs: 0,
			calls: 0,
			random: random(),
			nextMs: 0,
		};
		flight.onReschedule(() => aim(one));
		return one;
	};
	let started = inFlight;
	let running = Array.from({ length: inFlight }, (_none, job) => start(job));
	running.forEach(aim);
	const due = ({ startedAt, nextMs }: Running) => startedAt + nextMs;
	while (running.length > 0) {
		const one = running.reduce((first, other) => (due(other) < due(first) ? other : first));
		const { job, lastRunningMs, nextMs, startedAt, flight } = one;
		now = due(one);
		one.calls += 1;
		const durationMs = durationsMs[job] ?? 0;
		if (nextMs < durationMs) {
			one.lastRunningMs = nextMs;
			one.random = random();
			aim(one);
			continue;
		}
		running = running.filter((other) => other !== one);
		const sighting = { lastRunningMs, firstDoneMs: nextMs };
		flight.complete(sighting, startedAt);
		waits[job] = { durationMs, calls: one.calls, sighting, lateMs: nextMs - durationMs };
		if (started < durationsMs.length) {
			const next = start(started++);
			aim(next);
			running.push(next);
		}
	}
	return waits;
}
