import type { Execution } from '../../support/n8n/execution.cjs';
import { executionsOf } from '../../support/n8n/history.cjs';
import type { StoredWorkflow } from '../../support/n8n/workflow.cjs';
import { demand } from '../checks.cjs';
import type { Site } from '../instance-site.cjs';

/** "Retry" under "Executions", from the node that failed, to its end. */
export async function retried(
	{ api }: Site,
	workflow: StoredWorkflow,
	executionId: string,
): Promise<Execution> {
	await api.retry(executionId);
	const found = (await executionsOf(api, workflow.id)).find(({ mode }) => mode === 'retry');
	demand(found !== undefined, 'n8n has no execution of the retry');
	const execution = await api.waitForExecution(found.id);
	execution.requireSuccess();
	return execution;
}
