import { measure, type Measured } from './jobs/measure.cjs';
import type { Outcome, Part } from './part.cjs';
import { table } from './table.cjs';

const seconds = 1;
const inFlight = 100;

async function grow(quick: boolean): Promise<Outcome> {
	const counts = quick ? [2, 20] : [10, 100, 1_000, 10_000];
	const results: Measured[] = [];
	for (const jobs of counts) {
		results.push(await measure('this node', { jobs, seconds, jitter: 0.15, withFile: false }));
		console.log(`${jobs} jobs: ${((results.at(-1)?.wallMs ?? 0) / 1000).toFixed(1)} s`);
	}
	const ideal = (jobs: number) => Math.ceil(jobs / inFlight) * seconds * 1000;
	const perJob = ({ cpuMs, jobs }: Measured) => cpuMs / jobs;
	const [small, large] = [results.at(-2)!, results.at(-1)!];
	const more = (of: (one: Measured) => number) => of(large) / of(small);
	const cpu = more(perJob);
	const calls = more((one) => one.calls / one.jobs);
	const memory = more((one) => Math.max(1, one.addedMb) / one.jobs);
	return {
		verdicts: [
			['Every text comes back', results.every(({ wrong }) => wrong === 0)],
			[
				`From ${small.jobs} to ${large.jobs} jobs a job costs no more CPU (${cpu.toFixed(2)} ×)`,
				cpu <= 1.1,
			],
			[`… nor calls (${calls.toFixed(2)} ×)`, calls <= 1.1],
			[`… nor memory (${memory.toFixed(2)} ×)`, memory <= 1.1],
		],
		figures: results,
		page: table(
			['jobs', 'time / ideal', 'calls a job', 'CPU a job, ms', 'added MB', 'kB a job'],
			results.map((one) => [
				String(one.jobs),
				`${(one.wallMs / ideal(one.jobs)).toFixed(2)} ×`,
				(one.calls / one.jobs).toFixed(2),
				perJob(one).toFixed(2),
				one.addedMb.toFixed(0),
				((one.addedMb * 1024) / one.jobs).toFixed(0),
			]),
		),
	};
}

export const growth: Part = {
	title: 'Growth',
	intro: `Jobs of a second (±15 %), ${inFlight} in flight. The ideal time is that of full waves.`,
	run: grow,
};
