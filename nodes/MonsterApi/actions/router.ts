import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { DeploymentEndpoint } from '../../core/api/deployedModel';
import { runBatch, type Settled } from '../../core/jobs/batch';
import { toErrorJson, toNodeError, type NodeError, type BilledItem } from '../../host/errors';
import type { ItemOutput } from '../output/jobItem';
import { executionClient } from '../../host/n8nHost';
import { saveDurations, loadDurations } from './run/durationStore';
import { createAsyncCache } from './run/asyncCache';
import type { Operation } from './operation';
import { readMaxConcurrency } from './run/options';
import {
	terminateUnused,
	maybeAcceptedItems,
	withBilled,
	type BilledItems,
} from './run/billedItems';
import { createParameters } from './run/parameters';
import { findOperation } from './operations';

/**
 * Runs the chosen operation on all items: side by side, answered in their order, each paired with its input. The one
 * place that knows what a failing item does to the others.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	/** What is paid for: no error may lose it. */
	const paid = new Map<number, BilledItem>();
	const outcome = await runItems(context, paid).then(
		(settled) => ({ settled }),
		(error: unknown) => ({ error }),
	);
	if ('error' in outcome) {
		await terminateUnused(paid);
		throw withBilled(toNodeError(node, outcome.error), paid);
	}
	const { settled } = outcome;
	const first = settled.findIndex(({ kind }) => kind === 'failed');
	const failed = settled[first];
	if (failed?.kind === 'failed' && !context.continueOnFail()) {
		await terminateUnused(paid);
		const others = maybeAcceptedItems(settled).filter((item) => item !== first);
		throw withBilled(toNodeError(node, failed.error, first), paid, others);
	}
	return [settled.flatMap((one, item) => toItems(context, one, item, paid))];
}

async function runItems(
	context: IExecuteFunctions,
	paid: Map<number, BilledItem>,
): Promise<Array<Settled<ItemOutput | ItemOutput[]>>> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	const setUp = await prepare(context).catch((error: unknown) => ({ error }));
	if ('error' in setUp) {
		// n8n would send the inputs on as if they were results.
		if (context.continueOnFail()) return items.map(() => ({ kind: 'failed', error: setUp.error }));
		throw setUp.error;
	}
	const { operation, client, experience, maxConcurrency } = setUp;
	// n8n adds a second node type to each tool-capable node; agents call that one.
	const calledByAgent = context.getNode().type.endsWith('Tool');
	const endpoint = createAsyncCache<DeploymentEndpoint>();
	const settled = await runBatch(
		items.length,
		{
			maxConcurrency,
			stopOnError: !context.continueOnFail(),
			host: client.host,
		},
		async (itemIndex, signal, formsRead) =>
			await operation.execute({
				client: client.withSignal(signal, formsRead),
				itemIndex,
				parameters: createParameters(context, itemIndex),
				calledByAgent,
				durationStats: experience,
				trackBilled: (one) => paid.set(itemIndex, one),
				untrackBilled: () => paid.delete(itemIndex),
				endpoint,
			}),
	);
	saveDurations(context, experience);
	return settled;
}

/** What all items have in common. @throws when it cannot be had */
const prepare = async (context: IExecuteFunctions) => ({
	operation: chosenOperation(context),
	client: await executionClient(context),
	experience: loadDurations(context),
	maxConcurrency: readMaxConcurrency(context),
});

function chosenOperation(context: IExecuteFunctions): Operation {
	const resource = String(context.getNodeParameter('resource', 0));
	const name = String(context.getNodeParameter('operation', 0));
	const operation = findOperation(resource, name);
	if (operation !== undefined) return operation;
	throw new NodeOperationError(
		context.getNode(),
		`This version of the node has no operation “${name}” of “${resource}”`,
		{ description: 'Choose resource and operation again, or update the node.' },
	);
}

function toItems(
	context: IExecuteFunctions,
	settled: Settled<ItemOutput | ItemOutput[]>,
	item: number,
	paid: BilledItems,
): INodeExecutionData[] {
	const pairedItem = { item };
	if (settled.kind === 'done') {
		return [settled.value].flat().map((output) => ({ ...output, pairedItem }));
	}
	if (settled.kind === 'skipped') return [];
	const node = context.getNode();
	const shown = toNodeError(node, settled.error, item);
	const branch = node.onError === 'continueErrorOutput';
	const output = { json: toErrorJson(settled.error, shown, paid.get(item), branch), pairedItem };
	return [branch ? forErrorBranch(output, shown) : output];
}

/**
 * n8n 1.x sends only items there whose JSON has no keys but `error` and `message`, or that have an `error` beside it.
 * Not enumerable, since n8n copies the item after it has looked, and replaces the JSON where the copy has it too.
 */
const forErrorBranch = (output: INodeExecutionData, error: NodeError): INodeExecutionData =>
	Object.defineProperty(output, 'error', { value: error });
