import { readExamples } from '../../../scripts/demo/outcome.cjs';
import type { Execution, ExecutionItem } from '../../support/n8n/execution.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';
import type { StoredWorkflow } from '../../support/n8n/workflow.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { demand, same } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import type { Site } from '../instance-site.cjs';
import { until } from '../until.cjs';

/** What is there after n8n was killed during an execution, and started again. */
export interface Crash {
	readonly execution: Execution;
	/** Process IDs in the log of the n8n that was killed. */
	readonly logged: readonly string[];
}

/** The process IDs that the node has written to n8n's log. */
export const loggedIds = (log: string): string[] =>
	[...log.matchAll(/MonsterAPI accepted job (\S+) /g)].map(([, id]) => id ?? '');

/** How many requests that cost money have reached MonsterAPI. */
export const paidRequests = ({ emulator }: Site): number =>
	emulator.state.requests.filter(({ path }) => path.startsWith('/v1/generate/')).length;

/** Lets every job of the emulator come to a good end at once. */
export function endJobs({ emulator }: Site): void {
	const { jobs } = emulator.state;
	for (const [id, job] of jobs) jobs.set(id, { ...job, workMs: 0, failure: undefined });
}

/** Imports one of the example workflows. */
export async function importExample({ api }: Site, id: string): Promise<StoredWorkflow> {
	const example = readExamples().find((one) => one.id === id);
	demand(example !== undefined, `there is no example ${id}`);
	return await api.createWorkflow(example.workflow);
}

/** Runs a workflow, kills n8n at a moment of it, and starts n8n again. */
export async function crashDuring(
	instance: Instance,
	workflow: StoredWorkflow,
	moment: () => boolean,
): Promise<Crash> {
	const before = instance.readLog().length;
	const id = await instance.api.run(workflow);
	demand(id !== undefined, 'nothing was executed');
	await until('the moment to kill n8n', moment, { timeoutMs: 60_000, everyMs: 5 });
	const logged = loggedIds((await instance.kill()).slice(before));
	await instance.revive();
	const execution = await instance.api.waitForExecution(id);
	same('status after the restart', execution.status, 'crashed');
	return { execution, logged };
}

/** What the user gets later for process IDs, by Job > Wait: the items in their order. */
export async function fetchLater(site: Site, ids: readonly string[]): Promise<ExecutionItem[]> {
	const batch = await publishBatch(site, {
		resource: 'job',
		operation: 'wait',
		processId: '={{ $json.value }}',
		options: {},
	});
	await batch.start(ids);
	const [ended] = await triggeredExecutions(site.api, batch.workflow.id, 1, 120_000);
	const execution = await site.api.execution(ended?.id ?? '');
	execution.requireSuccess();
	await site.api.unpublish(batch.workflow);
	return execution.items(WORK);
}

/** Throws unless Job > Wait gives the result of each process ID. */
export async function expectResults(site: Site, ids: readonly string[]): Promise<ExecutionItem[]> {
	const items = await fetchLater(site, ids);
	same(
		'fetched later',
		items.map(({ json }) => [json.process_id, json.status]),
		ids.map((id) => [id, 'COMPLETED']),
	);
	return items;
}
