import { demand, same } from '../checks.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** All four operations, a job that names a webhook, and an empty list with and without "Always Output Data". */
export async function webhooks(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const names = ['images-done', 'texts-done'];
	const registered = names.map((url_name) => ({
		url_name,
		webhook_url: `${workflow.instance.baseUrl}/healthz?for=${url_name}`,
	}));
	same(
		'created',
		run.json('Create'),
		registered.map((one) => ({ message: 'Webhook Registered Successfully', ...one })),
	);
	const byName = (left: Record<string, unknown>, right: Record<string, unknown>) =>
		String(left.url_name).localeCompare(String(right.url_name));
	// They are registered side by side, so the list may have them in any order.
	const listed = run.json('Get Many');
	same('listed', [...listed].sort(byName), registered);
	same('paired', run.sources('Get Many'), [0, 0]);
	same('got one by one', run.json('Get'), listed);
	same('paired', run.sources('Get'), [0, 1]);

	const inOrder = listed.map(({ url_name }) => url_name);
	const jobs = run.jobs('Hand over');
	same(
		'webhooks of the jobs',
		jobs.map(({ webhookName, inputs }) => [webhookName, inputs['prompt']]),
		inOrder.map((name) => [name, `Tell ${String(name)}`]),
	);
	const calledBack = run.state.callbacks.map(({ url_name, process_id }) => [url_name, process_id]);
	for (const { webhookName, processId } of jobs) {
		const ends = calledBack.filter(([name, id]) => name === webhookName && id === processId);
		demand(ends.length > 0, `${webhookName} was not called back`);
	}
	same(
		'deleted',
		run.json('Delete'),
		inOrder.map((url_name) => ({ deleted: true, url_name })),
	);
	same('left', [...run.state.webhooks.keys()], []);
	same('an empty list with "Always Output Data"', run.json('Goes on'), [{}]);
	same('an empty list without', run.json('None left, silent'), []);
	demand(!run.execution.nodeNames().includes('Goes not on'), 'the workflow went on without items');
}
