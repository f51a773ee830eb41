import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BenchGateway, benchFolder } from './gateway-process.mts';
import { median } from './measure.mts';

/*
 * `node bench/soak.mts [minutes] [jobs per second]`: a gateway under a steady load of texts and files; ends with 1 when its heap
 * grows: when the median of the last third is more than a fifth above that of the second.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const minutes = Number(positionals[0] ?? 60);
const jobsPerSecond = Number(positionals[1] ?? 5);
/** On a machine that is too slow for the load, less of it: a growing queue is no leak. */
const maxRunning = 20;
const maxGrowth = 1.2;

const models = ['zephyr-7b-beta', 'txt2img', 'sunoai-bark'] as const;
const folder = await benchFolder();
const gateway = await BenchGateway.start(folder.path, {
	engines: { idle: { driver: 'emulated', slots: 4 } },
	models: Object.fromEntries(models.map((model) => [model, { engine: 'idle' }])),
	retention: { results: '5m', uploads: '5m', jobs: '10m' },
});

const heaps: number[] = [];
let submitted = 0;
let failed = 0;

async function oneJob(): Promise<void> {
	const model = models[submitted % models.length] ?? models[0];
	submitted += 1;
	const id = await gateway.submit(model, { prompt: `soak ${submitted}` });
	let status = '';
	while (status !== 'COMPLETED' && status !== 'FAILED') {
		await sleep(500);
		status = await gateway.status(id);
	}
	if (status === 'FAILED') failed += 1;
}

const heapMiB = async (): Promise<number> =>
	(await gateway.metric('nodejs_heap_size_used_bytes')) / 1024 / 1024;

const running = new Set<Promise<void>>();
const start = Date.now();
const end = start + minutes * 60_000;
let nextReport = start;
let nextSample = start;
while (Date.now() < end) {
	if (running.size < maxRunning) {
		const job = oneJob().catch(() => void (failed += 1));
		running.add(job);
		void job.then(() => running.delete(job));
	}
	// Many samples, of which the medians are taken: a heap saws between collections.
	if (Date.now() >= nextSample) {
		nextSample += 2_000;
		heaps.push(await heapMiB());
	}
	if (Date.now() >= nextReport) {
		nextReport += 60_000;
		const memory = gateway.memoryMiB()?.toFixed(0) ?? '?';
		const heap = (await heapMiB()).toFixed(0);
		process.stdout.write(
			`minute ${Math.round((Date.now() - start) / 60_000)}: ${submitted} jobs, ${running.size} running, ${failed} failed, resident ${memory} MiB, heap ${heap} MiB\n`,
		);
	}
	await sleep(1000 / jobsPerSecond);
}
await Promise.all(running);
await gateway.stop();
folder.remove();

const third = Math.floor(heaps.length / 3);
const before = median(heaps.slice(third, 2 * third));
const after = median(heaps.slice(2 * third));
process.stdout.write(
	`${submitted} jobs, ${failed} failed; heap in the middle ${before.toFixed(1)} MiB in the second third, ${after.toFixed(1)} MiB in the last\n`,
);
if (failed > 0 || after > before * maxGrowth) process.exitCode = 1;
