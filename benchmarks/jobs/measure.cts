import { join } from 'node:path';

import { inOwnProcess } from '../own-process.cjs';
import { ensureRivals, n8nNodesFolder, official } from '../rivals.cjs';
import { Service } from '../service.cjs';
import type { Order, Effort } from './contender-process.cjs';
import type { Name } from './contenders.cjs';

/** Jobs of one length, and how many of them. */
export interface Load {
	readonly jobs: number;
	readonly seconds: number;
	/** How far the length varies from job to job, as a share of it. */
	readonly jitter: number;
	readonly withFile: boolean;
}

export interface Measured extends Effort, Load {
	readonly name: Name;
	/** How many jobs were really run; the rest is in proportion. */
	readonly ran: number;
}

/** One after the other takes as long as it takes: more are reckoned from so many. */
const longestLine = 50;

/** Lets one contender do one load against an emulator of its own. */
export async function measure(name: Name, load: Load): Promise<Measured> {
	const rivals = await ensureRivals();
	const ran = name.endsWith('one by one') ? Math.min(load.jobs, longestLine) : load.jobs;
	const { seconds, jitter } = load;
	const service = await Service.start({ queueMs: 0, workMs: seconds * 1000, jitter });
	try {
		const order: Order = {
			name,
			jobs: ran,
			withFile: load.withFile,
			...service.address,
			rivals: { official: rivals.folderOf(official.name), n8nNodes: await n8nNodesFolder() },
		};
		const effort = await inOwnProcess<Effort>(join(__dirname, 'contender-process.cts'), order);
		const times = load.jobs / ran;
		return {
			...effort,
			...load,
			name,
			ran,
			wallMs: effort.wallMs * times,
			cpuMs: effort.cpuMs * times,
			calls: effort.calls * times,
		};
	} finally {
		service.end();
	}
}

/** The one with the middle time of several runs. */
export async function middleOf(runs: number, name: Name, load: Load): Promise<Measured> {
	const all: Measured[] = [];
	for (let run = 0; run < runs; run++) all.push(await measure(name, load));
	const wrong = all.reduce((sum, one) => sum + one.wrong, 0);
	const sorted = all.sort((left, right) => left.wallMs - right.wallMs);
	return { ...sorted[Math.floor(runs / 2)]!, wrong };
}
