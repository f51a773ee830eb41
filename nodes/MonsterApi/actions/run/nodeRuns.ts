import type { IExecuteFunctions } from 'n8n-workflow';

import { BoundedMap } from '../../../core/boundedMap';
import type { BilledItems } from './billedItems';

/** Of node runs that have failed and may be tried again; n8n tries at once, so the newest matter. */
const runs = new BoundedMap<string, BilledItems>(1_000);

interface NodeRun {
	/** What earlier tries of this run were billed for, and this one adds. */
	readonly billed: BilledItems;
	/** No further try follows. */
	end(): void;
}

/**
 * The run of a node within an execution. n8n's Retry On Fail repeats it in the same process, with the same execution ID
 * and run index.
 */
export function startNodeRun(
	context: Pick<IExecuteFunctions, 'getExecutionId' | 'getNode' | 'getWorkflowDataProxy'>,
): NodeRun {
	const node = context.getNode();
	// Typed as a string, but an execution that n8n does not save has none.
	const executionId: string | undefined = context.getExecutionId();
	if (node.retryOnFail !== true || executionId === undefined) {
		return { billed: new Map(), end: () => undefined };
	}
	const { $runIndex: runIndex } = context.getWorkflowDataProxy(0);
	const key = [executionId, node.id, String(runIndex)].join(' ');
	return {
		billed: runs.getOrCreate(key, () => new Map()),
		end: () => void runs.delete(key),
	};
}
