import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { MonsterApiError, type ErrorDetails } from '../core/http/errors';
import { CancelledError } from '../core/host';

export type NodeError = NodeApiError | NodeOperationError;

/** Something at MonsterAPI that costs money: a job once, a deployment by the hour. */
export interface BilledItem {
	readonly kind: 'job' | 'deployment';
	readonly id: string;
	/** Ends it when the node fails, where the user wants that. Never rejects; tells whether it has ended. */
	readonly end?: () => Promise<boolean>;
}

/**
 * The error as n8n shows it: what happened, what to do, which item. Whatever n8n or the API threw, nothing of a request
 * (headers, URLs, bodies) is carried along.
 */
export function toNodeError(failed: INode, error: unknown, itemIndex?: number): NodeError {
	const node = withoutSecretParameters(failed);
	const place = itemIndex === undefined ? {} : { itemIndex };
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context['itemIndex'] ??= itemIndex;
		return Object.assign(error, { node: withoutSecretParameters(error.node) });
	}
	if (error instanceof CancelledError) {
		return new NodeOperationError(node, 'The execution was stopped', place);
	}
	if (!(error instanceof MonsterApiError)) {
		return new NodeOperationError(
			node,
			error instanceof Error ? error : new Error(String(error)),
			place,
		);
	}
	const { advice, status } = error.details;
	const texts = {
		message: error.message,
		...(advice === undefined ? {} : { description: advice }),
	};
	return status === undefined
		? new NodeOperationError(node, error.message, { ...texts, ...place })
		: new NodeApiError(node, {}, { ...texts, ...place, httpCode: String(status) });
}

/** Tokens, passwords and variables of deployments stand in these parameters. */
const secretParameters: readonly string[] = ['parameters', 'envParams'];

/** n8n keeps the node in its errors, parameters and all. */
const withoutSecretParameters = (node: INode): INode => ({
	...node,
	parameters: Object.fromEntries(
		Object.entries(node.parameters).filter(([name]) => !secretParameters.includes(name)),
	),
});

/**
 * What a workflow can work with when an item fails and goes on: whether to retry, and the id of the paid job.
 * @param paid the job or deployment that was accepted for this item before it failed, whatever the reason
 * @param branch whether it goes to the error branch: n8n sends only items there that have no keys but `error`,
 * `message` and `details`
 */
export function toErrorJson(
	error: unknown,
	shown: NodeError,
	paid: BilledItem | undefined,
	branch: boolean,
): IDataObject {
	const known = error instanceof MonsterApiError ? error.details : {};
	const facts = factsOf({
		...known,
		...(paid?.kind === 'job' ? { processId: paid.id } : {}),
		...(paid?.kind === 'deployment' ? { deploymentId: paid.id } : {}),
	});
	const description = shown.description ?? undefined;
	return branch
		? { error: shown.message, message: description ?? shown.message, details: facts }
		: { error: shown.message, ...(description === undefined ? {} : { description }), ...facts };
}

const factsOf = (details: ErrorDetails): IDataObject => ({
	...(details.processId === undefined ? {} : { process_id: details.processId }),
	...(details.deploymentId === undefined ? {} : { deployment_id: details.deploymentId }),
	...(details.jobStatus === undefined ? {} : { status: details.jobStatus }),
	...(details.status === undefined ? {} : { http_status: details.status }),
	...(details.output === undefined ? {} : { output: [...details.output] }),
	retryable: details.retryable ?? false,
});
