import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** All four operations, a job that names a webhook, and an empty list with and without "Always Output Data". */
export async function webhooks(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const names = ['images-done', 'texts-done'];
	const registered = names.map((url_name) => ({
		url_name,
		webhook_url: `${workflow.instance.baseUrl}/healthz?for=${url_name}`,
	}));
	expectEqual(
		'created',
		run.json('Create'),
		registered.map((one) => ({ message: 'Webhook Registered Successfully', ...one })),
	);
	const byName = (left: Record<string, unknown>, right: Record<string, unknown>) =>
		String(left.url_name).localeCompare(String(right.url_name));
	// They are registered concurrently, so the list may have any order.
	const listed = run.json('Get Many');
	expectEqual('listed', [...listed].sort(byName), registered);
	expectEqual('paired', run.sources('Get Many'), [0, 0]);
	expectEqual('got one by one', run.json('Get'), listed);
	expectEqual('paired', run.sources('Get'), [0, 1]);

	const inOrder = listed.map(({ url_name }) => url_name);
	const jobs = run.jobs('Hand over');
	expectEqual(
		'webhooks of the jobs',
		jobs.map(({ webhookName, inputs }) => [webhookName, inputs['prompt']]),
		inOrder.map((name) => [name, `Tell ${String(name)}`]),
	);
	if (run.isEmulated) {
		const calledBack = run.state.callbacks.map(({ url_name: name, process_id }) => [
			name,
			process_id,
		]);
		for (const { webhookName, processId } of jobs) {
			const ends = calledBack.filter(([name, id]) => name === webhookName && id === processId);
			assert(ends.length > 0, `${webhookName} was not called back`);
		}
	}
	expectEqual(
		'deleted',
		run.json('Delete'),
		inOrder.map((url_name) => ({ deleted: true, url_name })),
	);
	expectEqual('left', [...run.state.webhooks.keys()], []);
	expectEqual('an empty list with "Always Output Data"', run.json('Goes on'), [{}]);
	expectEqual('an empty list without', run.json('None left, silent'), []);
	assert(!run.execution.nodeNames().includes('Goes not on'), 'the workflow went on without items');
}
