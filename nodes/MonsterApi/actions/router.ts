import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { DeploymentEndpoint } from '../../core/api/generate';
import { runBatch, type Settled } from '../../core/jobs/batch';
import { toNodeError } from '../../host/errors';
import { fieldsOf } from '../../host/itemFiles';
import { executionClient } from '../../host/n8nHost';
import type { ItemOutput } from '../../output/jobItem';
import { readIncludeInputFields, readMaxConcurrency } from './form/options';
import { createParameters } from './form/parameters';
import type { Operation } from './operation';
import { findOperation } from './operations';
import { createAsyncCache } from './run/asyncCache';
import {
	maybeAcceptedItems,
	terminateUnused,
	withBilled,
	type BilledItems,
} from './run/billedItems';
import { loadDurations, saveDurations } from './run/durationStore';
import { toErrorItem } from './run/errorItem';
import { showHints, timeOfDay } from './run/hints';
import { startNodeRun } from './run/nodeRuns';

/** What an operation made of one item. */
interface ItemResult {
	readonly outputs: readonly ItemOutput[];
	readonly includeInputFields: boolean;
}

type ItemOutcome = Settled<ItemResult>;

/**
 * Runs the chosen operation on all items concurrently and returns their output in the order of the input, each item paired
 * with its input. The only place that decides what a failed item means for the others.
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const nodeRun = startNodeRun(context);
	const { billed } = nodeRun;
	const notes = new Set<string>();
	const result = await runItems(context, billed, notes).then(
		(outcomes) => ({ outcomes }),
		(error: unknown) => ({ error }),
	);
	if ('error' in result) {
		await terminateUnused(billed);
		throw withBilled(toNodeError(node, result.error), billed);
	}
	const { outcomes } = result;
	const failedItem = outcomes.findIndex(({ kind }) => kind === 'failed');
	const failure = outcomes[failedItem];
	if (failure?.kind === 'failed' && !continuesOnError(context)) {
		await terminateUnused(billed);
		const others = maybeAcceptedItems(outcomes).filter((item) => item !== failedItem);
		throw withBilled(toNodeError(node, failure.error, failedItem), billed, others);
	}
	const items = outcomes.flatMap((outcome, item) => toItems(context, outcome, item, billed));
	// n8n also retries a node whose first item has an error, even one that is part of the API's own answer.
	if (failedItem === -1 && items[0]?.json['error'] === undefined) nodeRun.end();
	// Without the fields of the input: credits in them were used elsewhere.
	const outputs = outcomes.flatMap((outcome) =>
		outcome.kind === 'done' ? outcome.value.outputs : [],
	);
	showHints(context, outcomes, outputs, notes);
	return [items];
}

/** n8n adds a second node type for each node that is usable as a tool; agents call that one. */
const isCalledByAgent = (context: IExecuteFunctions): boolean =>
	context.getNode().type.endsWith('Tool');

/** Of an error that is thrown, n8n passes at most the message on to an agent, which then calls again and pays again. */
const continuesOnError = (context: IExecuteFunctions): boolean =>
	context.continueOnFail() || isCalledByAgent(context);

async function runItems(
	context: IExecuteFunctions,
	billed: BilledItems,
	notes: Set<string>,
): Promise<ItemOutcome[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	const setup = await prepare(context).catch((error: unknown) => ({ error }));
	if ('error' in setup) {
		// If this threw, n8n would pass on the input items as results.
		if (continuesOnError(context)) return items.map(() => ({ kind: 'failed', error: setup.error }));
		throw setup.error;
	}
	const { operation, client, durationStats, maxConcurrency } = setup;
	const calledByAgent = isCalledByAgent(context);
	const endpoints = createAsyncCache<DeploymentEndpoint>();
	const outcomes = await runBatch(
		items.length,
		{ maxConcurrency, stopOnError: !continuesOnError(context), host: client.host },
		async (itemIndex, signal, validated) => {
			const parameters = createParameters(context, itemIndex);
			const includeInputFields = readIncludeInputFields(parameters);
			const output = await operation.execute({
				client: client.withSignal(signal, validated),
				itemIndex,
				parameters,
				calledByAgent,
				durationStats,
				billed: billed.get(itemIndex),
				trackBilled: (item) => billed.set(itemIndex, item),
				untrackBilled: () => billed.delete(itemIndex),
				note: (text) => notes.add(text),
				timeOfDay: (epochMs) => timeOfDay(epochMs, context.getTimezone()),
				endpoints,
			});
			return { outputs: [output].flat(), includeInputFields };
		},
	);
	saveDurations(context, durationStats);
	return outcomes;
}

/** What all items share. @throws when one of them is invalid */
const prepare = async (context: IExecuteFunctions) => ({
	operation: chosenOperation(context),
	client: await executionClient(context),
	durationStats: loadDurations(context),
	maxConcurrency: readMaxConcurrency(context),
});

function chosenOperation(context: IExecuteFunctions): Operation {
	const resource = String(context.getNodeParameter('resource', 0, ''));
	const name = String(context.getNodeParameter('operation', 0, ''));
	const operation = findOperation(resource, name);
	if (operation !== undefined) return operation;
	throw new NodeOperationError(
		context.getNode(),
		`This version of the node has no operation '${name}' of '${resource}'`,
		{ description: "Choose 'Resource' and 'Operation' again, or update the node." },
	);
}

function toItems(
	context: IExecuteFunctions,
	outcome: ItemOutcome,
	item: number,
	billed: BilledItems,
): INodeExecutionData[] {
	const pairedItem = { item };
	if (outcome.kind === 'done') {
		const { outputs, includeInputFields } = outcome.value;
		const fields = includeInputFields ? fieldsOf(context, item) : undefined;
		return outputs.map((output) => ({
			...output,
			// The result's own fields come first, and win.
			json: fields === undefined ? output.json : { ...output.json, ...fields, ...output.json },
			pairedItem,
		}));
	}
	if (outcome.kind === 'skipped') return [];
	const node = context.getNode();
	const shown = toNodeError(node, outcome.error, item);
	const errorBranch = node.onError === 'continueErrorOutput';
	const errorItem = toErrorItem(outcome.error, shown, billed.get(item), errorBranch);
	return [Object.assign(errorItem, { pairedItem })];
}
