import { setTimeout as sleep } from 'node:timers/promises';
import { bareQueue } from './bare-queue.mts';
import { BenchGateway, benchFolder } from './gateway-process.mts';
import { inParallel, median, secondsOf, type Figure } from './measure.mts';

const width = 8;
export const model = 'zephyr-7b-beta';
export const idle = {
	engines: { idle: { driver: 'emulated', slots: width } },
	models: { [model]: { engine: 'idle' } },
};

/** Submits jobs of an engine that does nothing, and waits until the last has ended. @returns jobs per second */
export async function runJobs(gateway: BenchGateway, jobs: number): Promise<number> {
	const before = await gateway.ended();
	const seconds = await secondsOf(async () => {
		await inParallel(jobs, width * 2, async () => {
			await gateway.submit(model, { prompt: 'x' });
		});
		while ((await gateway.ended()) - before < jobs) await sleep(100);
	});
	return jobs / seconds;
}

/** Jobs per second beside bare pg-boss, in turn so that both see the same machine; processor time for each job. */
export async function throughput(jobs: number, rounds: number): Promise<Figure[]> {
	const folder = await benchFolder();
	const gateway = await BenchGateway.start(folder.path, idle);
	try {
		await runJobs(gateway, 50);
		const ours: number[] = [];
		const bare: number[] = [];
		const cpu: number[] = [];
		for (let round = 0; round < rounds; round += 1) {
			const cpuBefore = gateway.cpuSeconds();
			ours.push(await runJobs(gateway, jobs));
			const cpuAfter = gateway.cpuSeconds();
			if (cpuBefore !== undefined && cpuAfter !== undefined) {
				cpu.push(((cpuAfter - cpuBefore) / jobs) * 1000);
			}
			const other = await benchFolder();
			bare.push(await bareQueue(other.path, jobs, width));
			other.remove();
		}
		const ratio = median(ours) / median(bare);
		return [
			{
				name: 'jobs per second, engine that does nothing',
				value: `${median(ours).toFixed(0)} (bare pg-boss ${median(bare).toFixed(0)}, ratio ${ratio.toFixed(2)})`,
				bound: 'ratio ≥ 0.5',
				kept: ratio >= 0.5,
			},
			{
				name: 'processor time for each job',
				value: cpu.length === 0 ? 'not known here' : `${median(cpu).toFixed(1)} ms`,
				bound: '–',
				kept: undefined,
			},
		];
	} finally {
		await gateway.stop();
		folder.remove();
	}
}
