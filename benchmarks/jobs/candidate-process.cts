import { endEngine } from '../../test/support/engine/engine.cjs';
import { MemoryWatch } from '../process-memory.cjs';
import { reportBack } from '../own-process.cjs';
import { promptOf, recording, type Work } from './candidate.cjs';
import { contenders, type Name } from './candidates.cjs';

export interface Order extends Work {
	readonly name: Name;
}

/** What it took, from the first call to the last answer. */
export interface Effort {
	readonly wallMs: number;
	/** Of this process, user and system. */
	readonly cpuMs: number;
	/** The highest resident size above that at the beginning, in MB. */
	readonly addedMb: number;
	/** Calls of the API. */
	readonly calls: number;
	/** Jobs without their own text. */
	readonly wrong: number;
}

async function callsSoFar(origin: string): Promise<number> {
	const answer = await fetch(`${origin}/control/requests`);
	const { requests } = (await answer.json()) as { requests: Array<{ path: string }> };
	return requests.filter(({ path }) => path.startsWith('/v1/')).length;
}

reportBack<Order, Effort>(async ({ name, ...work }) => {
	// What is set up once in the life of a process counts for nobody: n8n's has run other executions before.
	const first = await contenders[name].prepare({ ...work, jobs: 1 });
	await first();
	const run = await contenders[name].prepare(work);
	const callsBefore = await callsSoFar(work.origin);
	globalThis.gc?.();
	const watch = new MemoryWatch(process.pid);
	const before = watch.look();
	const cpu = process.cpuUsage();
	const startedAt = performance.now();
	const texts = await run();
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpu);
	watch.look();
	const { main } = watch.peak(before.at, Date.now());
	watch.close();
	const expected = (job: number) => (work.withFile ? recording.name : `“${promptOf(job)}”`);
	const wrong = Array.from({ length: work.jobs }, (_none, job) =>
		// Those that give no order are looked through.
		[texts[job], ...(name.startsWith('HTTP') ? texts : [])].some((text) =>
			String(text).includes(expected(job)),
		),
	).filter((right) => !right).length;
	endEngine();
	return {
		wallMs,
		cpuMs: (user + system) / 1000,
		addedMb: main - before.resident,
		calls: (await callsSoFar(work.origin)) - callsBefore,
		wrong: wrong + Math.abs(texts.length - work.jobs),
	};
});
