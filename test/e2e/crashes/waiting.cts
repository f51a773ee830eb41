import assert from 'node:assert/strict';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { crashDuring, endJobs, expectResults, importExample, billedRequests } from './crash.cjs';
import { retried } from './retry.cjs';

/** n8n killed while it waits for jobs, in the plain form and in the crash-safe one. */
export async function checkWaiting(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	const looked = () => state.requests.some(({ path }) => path.startsWith('/v1/status/'));
	const begin = () => {
		state.reset();
		state.settings.workMs = 3_600_000;
	};

	await check('killed while a node waits for its own job: fetched by the log', async () => {
		begin();
		const workflow = await importExample(instance, 'write-text');
		const { execution, logged } = await crashDuring(instance, workflow, looked);
		expectEqual('jobs in the log', logged, [...state.jobs.keys()]);
		const refusal = await instance.api.retry(execution.id).then(
			() => 'retried',
			(error: Error) => error.message,
		);
		assert(refusal.includes('cannot be retried'), refusal);
		endJobs(instance);
		await expectResults(instance, logged);
		expectEqual('requests that cost money', billedRequests(instance), 1);
	});

	await check('with saved progress, a retry of the node that submits pays again', async () => {
		begin();
		const example = await importExample(instance, 'write-text');
		const settings = { ...example.settings, saveExecutionProgress: true };
		const workflow = await instance.api.createWorkflow({ ...example, settings });
		const { execution } = await crashDuring(instance, workflow, looked);
		state.settings.workMs = 0;
		await retried(instance, workflow, execution.id);
		expectEqual('requests that cost money', billedRequests(instance), 2);
	});

	await check('killed while a second node waits: a retry resumes there, paid once', async () => {
		begin();
		const workflow = await importExample(instance, 'submit-then-wait');
		const { execution, logged } = await crashDuring(instance, workflow, looked);
		const [accepted] = execution.items('Submit');
		expectEqual('saved process IDs', [accepted?.json.process_id], logged);
		endJobs(instance);
		const retry = await retried(instance, workflow, execution.id);
		const [item] = retry.items('Wait for the job');
		expectEqual('result of', [item?.json.process_id, item?.json.status], [logged[0], 'COMPLETED']);
		assert(typeof item?.json.text === 'string', 'there is no text');
		expectEqual('requests that cost money', billedRequests(instance), 1);
	});
}
