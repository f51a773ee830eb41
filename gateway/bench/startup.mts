import { BenchGateway, emptyFolder } from './gateway-process.mts';
import { secondsOf, type Figure } from './measure.mts';
import { idle } from './throughput.mts';

/** From the start of the process to the first request that it takes: with an empty folder, and later. */
export async function startup(): Promise<Figure[]> {
	const folder = emptyFolder();
	const once = async (): Promise<number> => {
		let gateway: BenchGateway | undefined;
		const seconds = await secondsOf(async () => {
			gateway = await BenchGateway.start(folder.path, idle);
		});
		await gateway?.stop();
		return seconds;
	};
	try {
		const first = await once();
		const later = Math.min(await once(), await once());
		return [
			{ name: 'first start', value: seconds(first), bound: '≤ 10 s', kept: first <= 10 },
			{ name: 'later start', value: seconds(later), bound: '≤ 3 s', kept: later <= 3 },
		];
	} finally {
		folder.remove();
	}
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
