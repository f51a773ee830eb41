import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { MonsterApiError } from '../../core/api/errors';
import { StoppedError } from '../../core/host';
import { runBatch, type Settled } from '../../core/jobs/batch';
import { toErrorJson, toNodeError } from '../../host/errors';
import { executionClient } from '../../host/n8nHost';
import type { ItemOutput, Operation } from './operation';
import { readMaxConcurrency } from './options';
import { createParameters } from './parameters';
import { findOperation } from './table';

/**
 * Runs the chosen operation on all items: side by side, answered in their order, each paired with its input. The one
 * place that knows what a failing item does to the others.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const accepted = new Map<number, string>();
	const outcome = await runItems(context, accepted).then(
		(settled) => ({ settled }),
		(error: unknown) => ({ error }),
	);
	if ('error' in outcome) {
		throw toNodeError(node, withOpenJobs(outcome.error, accepted, undefined));
	}
	const { settled } = outcome;
	const first = settled.findIndex(({ kind }) => kind === 'failed');
	const failed = settled[first];
	if (failed?.kind === 'failed' && !context.continueOnFail()) {
		for (const [index, { kind }] of settled.entries()) {
			if (kind === 'done') accepted.delete(index);
		}
		throw toNodeError(node, withOpenJobs(failed.error, accepted, first), first);
	}
	return [settled.flatMap((one, item) => toItem(context, one, item, accepted.get(item)))];
}

async function runItems(
	context: IExecuteFunctions,
	accepted: Map<number, string>,
): Promise<Array<Settled<ItemOutput>>> {
	const count = context.getInputData().length;
	if (count === 0) return [];
	const operation = chosenOperation(context);
	const client = await executionClient(context);
	// n8n adds a second node type to each tool-capable node; agents call that one.
	const calledByAgent = context.getNode().type.endsWith('Tool');
	return await runBatch(
		count,
		{
			maxConcurrency: readMaxConcurrency(createParameters(context, 0)),
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

function toItem(
	context: IExecuteFunctions,
	settled: Settled<ItemOutput>,
	item: number,
	processId: string | undefined,
): INodeExecutionData[] {
	const pairedItem = { item };
	if (settled.kind === 'done') return [{ ...settled.value, pairedItem }];
	if (settled.kind === 'dropped') return [];
	const error = knownJob(settled.error, processId);
	const node = context.getNode();
	const branch = node.onError === 'continueErrorOutput';
	return [{ json: toErrorJson(error, toNodeError(node, error, item), branch), pairedItem }];
}

/** The error with the id of the job that was accepted before, whatever went wrong afterwards. */
const knownJob = (error: unknown, processId: string | undefined): unknown =>
	error instanceof MonsterApiError && processId !== undefined
		? error.with({ processId: error.details.processId ?? processId })
		: error;

const mostListed = 50;

/** Adds the jobs that are paid and whose results nobody has taken: an error must not lose them. */
function withOpenJobs(
	error: unknown,
	accepted: ReadonlyMap<number, string>,
	failedItem: number | undefined,
): unknown {
	const open = [...accepted].filter(([item]) => item !== failedItem);
	const own = failedItem === undefined ? undefined : accepted.get(failedItem);
	const known = knownJob(error, own);
	if (open.length === 0 || !(known instanceof MonsterApiError || known instanceof StoppedError)) {
		return known;
	}
	const listed = open.slice(0, mostListed).map(([item, id]) => `item ${item}: ${id}`);
	const more =
		open.length > mostListed ? ` and ${open.length - mostListed} more (see n8n’s log)` : '';
	const note = `Other jobs were accepted and go on at MonsterAPI; fetch them with Job > Wait: ${listed.join(', ')}${more}.`;
	return known instanceof MonsterApiError
		? known.with({ advice: [known.details.advice, note].filter(Boolean).join(' ') })
		: new MonsterApiError('The execution was stopped', { advice: note, retryable: false });
}
