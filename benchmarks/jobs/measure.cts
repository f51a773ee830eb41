import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { projectFolder } from '../../test/support/n8n/cache-folder.cjs';
import { ensureNode } from '../../test/support/n8n/node.cjs';
import { n8nNodesFolder } from '../n8n-workflow.cjs';
import { runProcess, startEmulatorProcess } from '../processes.cjs';
import type { CandidateName, CandidateReport } from './candidate-process.cjs';

/** Jobs of one length. */
export interface Load {
	readonly jobs: number;
	readonly seconds: number;
	/** How much the length varies from job to job, as a share of it. */
	readonly jitter: number;
}

export interface Measurement extends CandidateReport, Load {
	readonly name: CandidateName;
}

/** Measures one candidate with an emulator of its own. */
export async function measure(name: CandidateName, load: Load): Promise<Measurement> {
	const { seconds, jitter, jobs } = load;
	const emulator = await startEmulatorProcess({ queueMs: 0, workMs: seconds * 1000, jitter });
	try {
		const report = await runProcess<CandidateReport>(join(__dirname, 'candidate-process.cts'), {
			name,
			jobs,
			...emulator.report,
			n8nNodes: await n8nNodesFolder(),
		});
		return { ...report, ...load, name };
	} finally {
		emulator.stop();
	}
}

/** Requires the package's files like n8n, which has loaded n8n-workflow before. Runs without a compiler. */
const loadScript = `
	require('n8n-workflow');
	const startedAt = performance.now();
	require(process.argv[1]);
	console.log(performance.now() - startedAt);
`;

/** Median time to load the built package in a new process of n8n's Node.js, in milliseconds. */
export async function measureLoading(runs: number): Promise<number> {
	const { binary } = await ensureNode(console.log);
	const env = { ...process.env, NODE_PATH: join(projectFolder, 'node_modules') };
	const times = Array.from({ length: runs }, () =>
		Number(execFileSync(binary, ['-e', loadScript, projectFolder], { env })),
	);
	return times.sort((left, right) => left - right)[runs >> 1] ?? Number.NaN;
}
