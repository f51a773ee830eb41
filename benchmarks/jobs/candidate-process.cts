import { endEngine } from '../../test/support/engine/engine.cjs';
import { readInput, reportToParent } from '../processes.cjs';
import { measureUsage, type Usage } from '../usage.cjs';
import { promptOf, type Candidate, type Work } from './candidate.cjs';
import { httpRequestLoop, thisNode } from './nodes.cjs';
import { axiosLoop } from './axios-loop.cjs';

/** What the comparison with a hand-written client limits both to. */
const concurrency = 100;

const candidates = {
	'this node': thisNode(),
	'this node, second execution': thisNode({}, concurrency),
	'this node, 100 at a time': thisNode({ maxConcurrency: concurrency }),
	'axios, every second, 100 at a time': axiosLoop(1000, concurrency),
	'HTTP Request + Wait 1 s + If': httpRequestLoop(1),
} as const satisfies Readonly<Record<string, Candidate>>;

export type CandidateName = keyof typeof candidates;

export interface CandidateReport extends Usage {
	/** Requests to the API. */
	readonly calls: number;
	/** Jobs without their own text. */
	readonly wrong: number;
}

async function countCalls(origin: string): Promise<number> {
	const response = await fetch(`${origin}/control/requests`);
	const { requests } = (await response.json()) as { requests: Array<{ path: string }> };
	return requests.filter(({ path }) => path.startsWith('/v1/')).length;
}

interface NamedWork extends Work {
	readonly name: CandidateName;
}

reportToParent(async (): Promise<CandidateReport> => {
	const { name, ...work } = readInput() as NamedWork;
	const candidate: Candidate = candidates[name];
	// One-time initialisation of the process does not count: n8n's process has run other executions before.
	await (
		await candidate.prepare({ ...work, jobs: 1 })
	)();
	const run = await candidate.prepare(work);
	const callsBefore = await countCalls(work.origin);
	globalThis.gc?.();
	let texts: unknown[] = [];
	const usage = await measureUsage(async () => {
		texts = await run();
	});
	const hasText = (job: number) =>
		// n8n's own nodes return items in the order of completion.
		(name.startsWith('HTTP') ? texts : [texts[job]]).some((text) =>
			String(text).includes(`“${promptOf(job)}”`),
		);
	const missing = Array.from({ length: work.jobs }, (_none, job) => hasText(job)).filter(
		(found) => !found,
	);
	endEngine();
	return {
		...usage,
		calls: (await countCalls(work.origin)) - callsBefore,
		wrong: missing.length + Math.abs(texts.length - work.jobs),
	};
});
