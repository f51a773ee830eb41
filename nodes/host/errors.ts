import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { CancelledError } from '../core/host';
import { MonsterApiError } from '../core/http/errors';

export type NodeError = NodeApiError | NodeOperationError;

/**
 * The error as n8n shows it: what happened, what to do about it, and which item it concerns. Whatever n8n or the API
 * threw, nothing of a request (headers, URLs, bodies) is included.
 */
export function toNodeError(failedNode: INode, error: unknown, itemIndex?: number): NodeError {
	const node = withoutSecretParameters(failedNode);
	const item = itemIndex === undefined ? {} : { itemIndex };
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context['itemIndex'] ??= itemIndex;
		return Object.assign(error, { node: withoutSecretParameters(error.node) });
	}
	if (error instanceof CancelledError) {
		return new NodeOperationError(node, 'The execution was stopped', item);
	}
	if (!(error instanceof MonsterApiError)) {
		const cause = error instanceof Error ? error : new Error(String(error));
		return new NodeOperationError(node, cause, item);
	}
	const { advice, status } = error.details;
	const options = {
		message: error.message,
		...(advice === undefined ? {} : { description: advice }),
		...item,
	};
	return status === undefined
		? new NodeOperationError(node, error.message, options)
		: new NodeApiError(node, {}, { ...options, httpCode: String(status) });
}

/**
 * The error of a trigger that cannot be registered, with the advice in the message: from n8n 2.40 on the message is all
 * that n8n keeps and shows, and earlier versions hide the description or show nothing else.
 */
export function toActivationError(node: INode, error: unknown): NodeError {
	if (!(error instanceof MonsterApiError)) return toNodeError(node, error);
	const { advice, ...details } = error.details;
	if (advice === undefined) return toNodeError(node, error);
	return toNodeError(node, new MonsterApiError(`${error.message}. ${advice}`, details));
}

/** Parameters with tokens, passwords and environment variables of deployments. */
const secretParameters: readonly string[] = ['parameters', 'envParams'];

/** n8n keeps the node with all its parameters in its errors. */
const withoutSecretParameters = (node: INode): INode => ({
	...node,
	parameters: Object.fromEntries(
		Object.entries(node.parameters).filter(([name]) => !secretParameters.includes(name)),
	),
});
