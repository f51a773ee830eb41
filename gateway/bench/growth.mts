import { BenchGateway, benchFolder } from './gateway-process.mts';
import { median, type Figure } from './measure.mts';
import { idle, runJobs } from './throughput.mts';

const round = 200;
const rounds = 3;

/** Jobs per second of an empty gateway and of one that keeps many finished jobs. */
export async function growth(finished: number): Promise<Figure[]> {
	const folder = await benchFolder();
	const gateway = await BenchGateway.start(folder.path, idle);
	const measure = async (): Promise<number> => {
		const rates: number[] = [];
		for (let index = 0; index < rounds; index += 1) rates.push(await runJobs(gateway, round));
		return median(rates);
	};
	try {
		await runJobs(gateway, 50);
		const empty = await measure();
		for (let made = 0; made < finished; made += 1_000) await runJobs(gateway, 1_000);
		const full = await measure();
		return [
			{
				name: `jobs per second after ${finished} finished jobs`,
				value: `${full.toFixed(0)} (empty ${empty.toFixed(0)}, ratio ${(full / empty).toFixed(2)})`,
				bound: 'ratio ≥ 0.8',
				kept: full / empty >= 0.8,
			},
		];
	} finally {
		await gateway.stop();
		folder.remove();
	}
}
