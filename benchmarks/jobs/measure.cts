import { join } from 'node:path';

import { inOwnProcess } from '../own-process.cjs';
import { ensureRivals, n8nNodesFolder, official } from '../comparison-packages.cjs';
import { Service } from '../service.cjs';
import type { Order, Effort } from './candidate-process.cjs';
import type { Name } from './candidates.cjs';

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
const longestLine = 20;

const lines = new Map<string, Measured>();

/** Lets one contender do one load against an emulator of its own. */
export async function measure(name: Name, load: Load): Promise<Measured> {
	if (!name.endsWith('one by one')) return await run(name, load);
	const key = `${name} ${load.seconds} ${load.jitter} ${load.withFile}`;
	const ran = Math.min(load.jobs, longestLine);
	const line = lines.get(key) ?? (await run(name, { ...load, jobs: ran }));
	lines.set(key, line);
	const times = load.jobs / line.jobs;
	return {
		...line,
		jobs: load.jobs,
		wallMs: line.wallMs * times,
		cpuMs: line.cpuMs * times,
		calls: line.calls * times,
	};
}

async function run(name: Name, load: Load): Promise<Measured> {
	const rivals = await ensureRivals();
	const { seconds, jitter, jobs, withFile } = load;
	const service = await Service.start({ queueMs: 0, workMs: seconds * 1000, jitter });
	try {
		const order: Order = {
			name,
			jobs,
			withFile,
			...service.address,
			rivals: { official: rivals.folderOf(official.name), n8nNodes: await n8nNodesFolder() },
		};
		const effort = await inOwnProcess<Effort>(join(__dirname, 'candidate-process.cts'), order);
		return { ...effort, ...load, name, ran: jobs };
	} finally {
		service.end();
	}
}
