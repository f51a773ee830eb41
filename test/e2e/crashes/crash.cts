import assert from 'node:assert/strict';
import { readExample } from '../../support/n8n/workflow-files.cjs';
import type { Execution, ExecutionItem } from '../../support/n8n/execution.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';
import type { StoredWorkflow } from '../../support/n8n/workflow.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import type { Instance } from '../instance.cjs';
import { until } from '../until.cjs';

/** The state after n8n was killed during an execution and started again. */
export interface Crash {
	readonly execution: Execution;
	/** Process IDs in the log of the killed n8n. */
	readonly logged: readonly string[];
}

/** The process IDs that the node wrote to n8n's log. */
export const loggedIds = (log: string): string[] =>
	[...log.matchAll(/MonsterAPI accepted job (\S+) /g)].map(([, id]) => id ?? '');

/** The number of billed requests that reached MonsterAPI. */
export const billedRequests = ({ emulator }: Instance): number =>
	emulator.state.requests.filter(({ path }) => path.startsWith('/v1/generate/')).length;

/** Completes every job of the emulator at once. */
export function completeJobs({ emulator }: Instance): void {
	const { jobs } = emulator.state;
	for (const [id, job] of jobs) jobs.set(id, { ...job, workMs: 0, failure: undefined });
}

/** Imports one of the example workflows. */
export async function importExample({ api }: Instance, id: string): Promise<StoredWorkflow> {
	return await api.createWorkflow(readExample(id));
}

/** Runs a workflow, kills n8n as soon as `moment` is true, and starts n8n again. */
export async function crashDuring(
	instance: SingleInstance,
	workflow: StoredWorkflow,
	moment: () => boolean,
): Promise<Crash> {
	const before = instance.readLog().length;
	const id = await instance.api.run(workflow);
	assert(id !== undefined, 'nothing was executed');
	await until('the moment to kill n8n', moment, { timeoutMs: 60_000, everyMs: 5 });
	const logged = loggedIds((await instance.kill()).slice(before));
	await instance.startAgain();
	const execution = await instance.api.waitForExecution(id);
	expectEqual('status after the restart', execution.status, 'crashed');
	return { execution, logged };
}

/** Runs Job > Wait for process IDs. @returns its items in the same order */
async function fetchLater(instance: Instance, ids: readonly string[]): Promise<ExecutionItem[]> {
	const batch = await publishBatch(instance, {
		resource: 'job',
		operation: 'wait',
		processId: '={{ $json.value }}',
		options: {},
	});
	await batch.start(ids);
	const [ended] = await triggeredExecutions(instance.api, batch.workflow.id, 1, 120_000);
	const execution = await instance.api.execution(ended?.id ?? '');
	execution.requireSuccess();
	await instance.api.unpublish(batch.workflow);
	return execution.items(WORK);
}

/** Throws unless Job > Wait returns the result of each process ID. */
export async function expectResults(
	instance: Instance,
	ids: readonly string[],
): Promise<ExecutionItem[]> {
	const items = await fetchLater(instance, ids);
	expectEqual(
		'fetched later',
		items.map(({ json }) => [json.process_id, json.status]),
		ids.map((id) => [id, 'COMPLETED']),
	);
	return items;
}
