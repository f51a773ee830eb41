import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { crashDuring, endJobs, expectResults, importExample, paidRequests } from './crash.cjs';
import { retried } from './retry.cjs';

/** n8n killed while it waits for jobs, in the plain form and in the crash-safe one. */
export async function checkWaiting(instance: Instance, { check }: Checks): Promise<void> {
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
		same('jobs in the log', logged, [...state.jobs.keys()]);
		const refusal = await instance.api.retry(execution.id).then(
			() => 'retried',
			(error: Error) => error.message,
		);
		demand(refusal.includes('cannot be retried'), refusal);
		endJobs(instance);
		await expectResults(instance, logged);
		same('requests that cost money', paidRequests(instance), 1);
	});

	await check('with saved progress, a retry of the node that submits pays again', async () => {
		begin();
		const example = await importExample(instance, 'write-text');
		const settings = { ...example.settings, saveExecutionProgress: true };
		const workflow = await instance.api.createWorkflow({ ...example, settings });
		const { execution } = await crashDuring(instance, workflow, looked);
		state.settings.workMs = 0;
		await retried(instance, workflow, execution.id);
		same('requests that cost money', paidRequests(instance), 2);
	});

	await check('killed while a second node waits: a retry resumes there, paid once', async () => {
		begin();
		const workflow = await importExample(instance, 'submit-then-wait');
		const { execution, logged } = await crashDuring(instance, workflow, looked);
		const [accepted] = execution.items('Submit');
		same('saved process IDs', [accepted?.json.process_id], logged);
		endJobs(instance);
		const retry = await retried(instance, workflow, execution.id);
		const [item] = retry.items('Wait for the job');
		same('result of', [item?.json.process_id, item?.json.status], [logged[0], 'COMPLETED']);
		demand(typeof item?.json.text === 'string', 'there is no text');
		same('requests that cost money', paidRequests(instance), 1);
	});
}
