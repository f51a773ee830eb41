import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { MonsterApiError } from '../../core/api/errors';
import { runBatch, type Settled } from '../../core/jobs/batch';
import { toErrorJson, toNodeError, type NodeError } from '../../host/errors';
import type { ItemOutput } from '../../host/item';
import { executionClient } from '../../host/n8nHost';
import type { Operation } from './operation';
import { readMaxConcurrency } from './options';
import { createParameters } from './parameters';
import { findOperation } from './table';

/**
 * Runs the chosen operation on all items: side by side, answered in their order, each paired with its input. The one
 * place that knows what a failing item does to the others.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	/** The jobs that are paid, by item: no error may lose them. */
	const accepted = new Map<number, string>();
	const outcome = await runItems(context, accepted).then(
		(settled) => ({ settled }),
		(error: unknown) => ({ error }),
	);
	if ('error' in outcome) throw withPaidJobs(toNodeError(node, outcome.error), accepted);
	const { settled } = outcome;
	const first = settled.findIndex(({ kind }) => kind === 'failed');
	const failed = settled[first];
	if (failed?.kind === 'failed' && !context.continueOnFail()) {
		// n8n drops what a failing node has made, so finished jobs are named too.
		const others = settled.flatMap((one, item) =>
			one.kind === 'failed' && item !== first && isUnconfirmed(one.error) ? [item] : [],
		);
		throw withPaidJobs(toNodeError(node, failed.error, first), accepted, others);
	}
	return [settled.flatMap((one, item) => toItems(context, one, item, accepted.get(item)))];
}

async function runItems(
	context: IExecuteFunctions,
	accepted: Map<number, string>,
): Promise<Array<Settled<ItemOutput | ItemOutput[]>>> {
	const count = context.getInputData().length;
	if (count === 0) return [];
	const operation = chosenOperation(context);
	const client = await executionClient(context);
	// n8n adds a second node type to each tool-capable node; agents call that one.
	const calledByAgent = context.getNode().type.endsWith('Tool');
	return await runBatch(
		count,
		{
			maxConcurrency: readMaxConcurrency(context),
			haltOnFailure: !context.continueOnFail(),
			signal: client.host.signal,
		},
		async (itemIndex, signal) =>
			await operation.execute({
				client: client.scoped(signal),
				itemIndex,
				parameters: createParameters(context, itemIndex),
				calledByAgent,
				accepted: (processId) => accepted.set(itemIndex, processId),
			}),
	);
}

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
	processId: string | undefined,
): INodeExecutionData[] {
	const pairedItem = { item };
	if (settled.kind === 'done') {
		return [settled.value].flat().map((output) => ({ ...output, pairedItem }));
	}
	if (settled.kind === 'dropped') return [];
	const node = context.getNode();
	const shown = toNodeError(node, settled.error, item);
	const branch = node.onError === 'continueErrorOutput';
	return [{ json: toErrorJson(settled.error, shown, processId, branch), pairedItem }];
}

const mostListed = 50;

const isUnconfirmed = (error: unknown): boolean =>
	error instanceof MonsterApiError && error.details.unconfirmed === true;

/**
 * The error with the jobs that are paid: their results can still be fetched.
 * @param unconfirmed items whose job may have been accepted although nobody confirmed it
 */
function withPaidJobs(
	error: NodeError,
	accepted: ReadonlyMap<number, string>,
	unconfirmed: readonly number[] = [],
): NodeError {
	const listed = [...accepted].slice(0, mostListed).map(([item, id]) => `item ${item}: ${id}`);
	const more = accepted.size - listed.length;
	const notes = [
		error.description,
		accepted.size > 0 &&
			`MonsterAPI accepted these jobs; fetch their results with Job > Wait instead of paying again: ${listed.join(', ')}${more > 0 ? ` and ${more} more, which are in n8n’s log` : ''}.`,
		unconfirmed.length > 0 &&
			`The connection broke while these items were submitted, so their jobs may have been accepted too: ${unconfirmed.join(', ')}.`,
	];
	const description = notes.filter(Boolean).join(' ');
	if (description !== '') error.description = description;
	return error;
}
