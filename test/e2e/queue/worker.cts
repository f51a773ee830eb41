import { readFileSync } from 'node:fs';

import { executionsOf, triggeredExecutions } from '../../support/n8n/history.cjs';
import { publishBatch } from '../batch.cjs';
import { demand, same, type Checks } from '../checks.cjs';
import { endJobs, expectResults, loggedIds, paidRequests } from '../crashes/crash.cjs';
import { until } from '../until.cjs';
import type { Cluster } from './cluster.cjs';

const items = 50;

/** A worker killed while it works on a batch. */
export async function checkWorkerKilled(cluster: Cluster, { check }: Checks): Promise<void> {
	const { api, emulator } = cluster;
	const { state } = emulator;
	await check('a worker killed in mid-batch: its jobs are fetched by its log', async () => {
		state.reset();
		state.settings.workMs = 3_600_000;
		const batch = await publishBatch(cluster, {
			resource: 'model',
			operation: 'generateText',
			model: 'falcon-7b-instruct',
			prompt: '={{ $json.value }}',
			options: {},
		});
		await batch.start(Array.from({ length: items }, (_unused, index) => `Prompt ${index}`));
		// The emulator knows a job before the worker has read its answer: it is killed when it waits.
		const hasAll = ({ logFile }: { logFile: string }) => {
			const logged = loggedIds(readFileSync(logFile, 'utf8'));
			return state.jobs.size === items && [...state.jobs.keys()].every((id) => logged.includes(id));
		};
		const all = () => cluster.workers.some(hasAll);
		await until('all jobs are submitted and in the log of one worker', all, { timeoutMs: 120_000 });
		const worker = cluster.workers.find(hasAll);
		demand(worker !== undefined, 'no worker has the jobs in its log');
		await worker.kill();
		const logged = loggedIds(readFileSync(worker.logFile, 'utf8'));
		const unlogged = [...state.jobs.keys()].filter((id) => !logged.includes(id));
		same('jobs that are not in its log', unlogged, []);
		await triggeredExecutions(api, batch.workflow.id, 1, 300_000);
		const [ended, ...more] = await executionsOf(api, batch.workflow.id);
		same('further executions', more, []);
		const execution = await api.execution(ended?.id ?? '');
		same('requests that cost money', paidRequests(cluster), items);
		endJobs(cluster);
		await expectResults(cluster, [...state.jobs.keys()]);
		same('requests that cost money', paidRequests(cluster), items);
		await api.unpublish(batch.workflow);
		return `the execution is "${execution.status}": ${execution.error?.message}`;
	});
}
