import assert from 'node:assert/strict';
import { expectEqual, rejection, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import {
	crashDuring,
	completeJobs,
	expectResults,
	importExample,
	billedRequests,
} from './crash.cjs';
import { retryExecution } from '../retry.cjs';

/** n8n killed while it waits for jobs, with submit and wait in one node and in two. */
export async function checkWaiting(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	const polled = () => state.requests.some(({ path }) => path.startsWith('/v1/status/'));
	const begin = () => {
		state.reset();
		state.settings.workMs = 3_600_000;
	};

	await check('killed while a node waits for its own job: recovered from the log', async () => {
		begin();
		const workflow = await importExample(instance, 'write-text');
		const { execution, logged } = await crashDuring(instance, workflow, polled);
		expectEqual('jobs in the log', logged, [...state.jobs.keys()]);
		const refusal = await rejection(instance.api.retry(execution.id));
		assert(refusal.includes('cannot be retried'), refusal);
		completeJobs(instance);
		await expectResults(instance, logged);
		expectEqual('billed requests', billedRequests(instance), 1);
	});

	await check('with saved progress, a retry of the node that submits is billed again', async () => {
		begin();
		const example = await importExample(instance, 'write-text');
		const settings = { ...example.settings, saveExecutionProgress: true };
		const workflow = await instance.api.createWorkflow({ ...example, settings });
		const { execution } = await crashDuring(instance, workflow, polled);
		state.settings.workMs = 0;
		await retryExecution(instance, workflow, execution.id);
		expectEqual('billed requests', billedRequests(instance), 2);
	});

	await check('killed while a second node waits: a retry resumes there, billed once', async () => {
		begin();
		const workflow = await importExample(instance, 'submit-then-wait');
		const { execution, logged } = await crashDuring(instance, workflow, polled);
		const [accepted] = execution.items('Submit');
		expectEqual('saved process IDs', [accepted?.json.process_id], logged);
		completeJobs(instance);
		const retry = await retryExecution(instance, workflow, execution.id);
		const [item] = retry.items('Wait for the job');
		expectEqual('result of', [item?.json.process_id, item?.json.status], [logged[0], 'COMPLETED']);
		assert(typeof item?.json.text === 'string', 'there is no text');
		expectEqual('billed requests', billedRequests(instance), 1);
	});
}
