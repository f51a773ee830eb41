import assert from 'node:assert/strict';
import type { Execution } from '../support/n8n/execution.cjs';
import { executionsOf } from '../support/n8n/history.cjs';
import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import type { Instance } from './instance.cjs';

/** Retries a failed execution from the node that failed, and waits for its success. */
export async function retryExecution(
	{ api }: Instance,
	workflow: StoredWorkflow,
	executionId: string,
): Promise<Execution> {
	await api.retry(executionId);
	const found = (await executionsOf(api, workflow.id)).find(({ mode }) => mode === 'retry');
	assert(found !== undefined, 'n8n has no execution of the retry');
	const execution = await api.waitForExecution(found.id);
	execution.requireSuccess();
	return execution;
}
