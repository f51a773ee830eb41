import { execFileSync } from 'node:child_process';
import { createReadStream, rmSync, statSync } from 'node:fs';

import { binaryOf, endEngine, execute, startEngine } from '../../test/engine/harness/engine.cjs';
import { reportBack } from '../own-process.cjs';
import { MemoryWatch } from '../process-memory.cjs';
import type { Address } from '../service-process.cjs';

export interface Order extends Address {
	readonly by: 'this node' | 'curl';
	readonly way: 'up' | 'down';
	/** A file of the wanted size. */
	readonly source: string;
	/** Where curl puts what it fetches. */
	readonly target: string;
	/** The job whose result is fetched. */
	readonly processId: string;
	readonly url: string;
}

export interface Transfer {
	readonly seconds: number;
	/** The highest resident size above that at the beginning, in MB; 0 for curl. */
	readonly addedMb: number;
	/** As stored at the other end. */
	readonly bytes: number;
}

const credential = (baseUrl: string) => ({ apiKey: 'benchmark-key', baseUrl });

async function timed(work: () => Promise<number>): Promise<Transfer> {
	globalThis.gc?.();
	const watch = new MemoryWatch(process.pid);
	const before = watch.look();
	const startedAt = performance.now();
	const bytes = await work();
	const seconds = (performance.now() - startedAt) / 1000;
	watch.look();
	const { main } = watch.peak(before.at, Date.now());
	watch.close();
	return { seconds, addedMb: main - before.resident, bytes };
}

async function up({ by, baseUrl, source }: Order): Promise<Transfer> {
	if (by === 'curl') {
		const answer = await fetch(`${baseUrl}/upload?filename=film.mp4`, {
			headers: { authorization: 'Bearer benchmark-key' },
		});
		const { upload_url: url } = (await answer.json()) as { upload_url: string };
		const { seconds } = await timed(async () => {
			execFileSync('curl', ['-sSf', '-T', source, url]);
			return await Promise.resolve(0);
		});
		return { seconds, addedMb: 0, bytes: statSync(source).size };
	}
	await startEngine('filesystem');
	const items = [
		{
			json: {},
			binary: { data: await binaryOf(createReadStream(source), 'film.mp4', 'video/mp4') },
		},
	];
	return await timed(async () => {
		const { items: out, error } = await execute({
			parameters: { resource: 'file', operation: 'upload' },
			credential: credential(baseUrl),
			items,
		});
		if (error !== undefined) throw new Error(error.message);
		return Number(out[0]?.json['size']);
	});
}

async function down({ by, baseUrl, url, target, processId }: Order): Promise<Transfer> {
	if (by === 'curl') {
		const { seconds } = await timed(async () => {
			execFileSync('curl', ['-sSf', '-o', target, url]);
			return await Promise.resolve(0);
		});
		const bytes = statSync(target).size;
		rmSync(target);
		return { seconds, addedMb: 0, bytes };
	}
	await startEngine('filesystem');
	return await timed(async () => {
		const { items: out, error } = await execute({
			parameters: { resource: 'job', operation: 'get', processId, download: true },
			credential: credential(baseUrl),
		});
		if (error !== undefined) throw new Error(error.message);
		return Number(out[0]?.binary?.['data']?.bytes);
	});
}

reportBack<Order, Transfer>(async (order) => {
	try {
		return await (order.way === 'up' ? up(order) : down(order));
	} finally {
		endEngine();
	}
});
