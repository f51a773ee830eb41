import assert from 'node:assert/strict';

import { executionsOf } from '../../support/n8n/history.cjs';
import type { StoredWorkflow } from '../../support/n8n/workflow.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
import { importExample } from './imported.cjs';

/** n8n parks an execution in its database from 65 s on. */
const waitSeconds = 66;

const submissions = ({ emulator }: SingleInstance): number =>
	emulator.state.requests.filter(({ path }) => path.startsWith('/v1/generate/')).length;

/** An execution that waits in n8n's database. */
export interface ParkedJob {
	readonly workflow: StoredWorkflow;
	readonly executionId: string;
	/** Requests that submit a job, before and with this one. */
	readonly submitted: number;
}

/** Starts the example and waits until its execution is parked. */
export async function parkLongJob(instance: SingleInstance): Promise<ParkedJob> {
	const { api } = instance;
	const before = submissions(instance);
	const workflow = await importExample(instance, 'long-job', ({ nodes }) => {
		const wait = nodes.find(({ type }) => type === 'n8n-nodes-base.wait');
		assert(wait !== undefined, 'the example has no Wait node');
		wait.parameters = { ...wait.parameters, amount: waitSeconds, unit: 'seconds' };
	});
	const executionId = await api.run(workflow);
	assert(executionId !== undefined, 'it waits for a webhook instead of running');
	await until('the execution is parked', async () =>
		(await executionsOf(api, workflow.id)).some(({ status }) => status === 'waiting'),
	);
	expectEqual('submissions', submissions(instance), before + 1);
	return { workflow, executionId, submitted: before + 1 };
}

/** After a restart, which must not have submitted it again. */
export function expectNotResubmitted(instance: SingleInstance, { submitted }: ParkedJob): void {
	expectEqual('submissions', submissions(instance), submitted);
}

/** Waits until the parked execution has ended with the file of its job. */
export async function expectResult(
	{ api }: SingleInstance,
	{ executionId }: ParkedJob,
): Promise<string> {
	const execution = await api.waitForExecution(executionId, 240_000);
	execution.requireSuccess();
	const [submitted] = execution.items('Submit');
	const [result] = execution.items('Get the result');
	expectEqual('status', result?.json.status, 'COMPLETED');
	expectEqual('job', result?.json.process_id, submitted?.json.process_id);
	const { fileName } = result?.binary?.data ?? {};
	assert(fileName?.endsWith('.wav') === true, `the file is ${String(fileName)}`);
	return fileName;
}
