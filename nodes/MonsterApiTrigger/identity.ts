import { createHash } from 'crypto';

import type { INode } from 'n8n-workflow';

/** What distinguishes a trigger's webhook from all others. */
export interface Identity {
	/** The name at MonsterAPI: unaffected when workflow or node are renamed, with -test at its end while listening for a test event. */
	readonly name: string;
	/** What the token is derived from: the webhook's path, and whether it is the test webhook. */
	readonly scope: string;
}

const namePrefix = 'n8n-trigger-';
const hashLength = 8;

/** Short enough to be read and typed, and derived from IDs, so that jobs find the trigger after it was renamed. */
const defaultName = (workflowId: string, nodeId: string): string =>
	namePrefix +
	createHash('sha256').update(`${workflowId}/${nodeId}`).digest('hex').slice(0, hashLength);

/** The name while listening for a test event as an expression, so that the editor shows it. */
export const testNameExpression = `={{ ($parameter["webhookName"] || "${namePrefix}" + ($workflow.id + "/" + $nodeId).hash("sha256").slice(0, ${hashLength})) + "-test" }}`;

/**
 * @param customName the user's own name; empty for the default name
 * @param test whether the editor listens for a test event
 */
export function identityOf(
	node: Pick<INode, 'id' | 'name' | 'webhookId'>,
	workflowId: string | undefined,
	customName: string,
	test: boolean,
): Identity {
	const workflow = workflowId ?? 'unsaved';
	const name = customName === '' ? defaultName(workflow, node.id) : customName;
	const path = node.webhookId ?? `${workflow}/${node.name}`;
	return {
		name: test ? `${name}-test` : name,
		scope: `${test ? 'test' : 'live'}/${path}`,
	};
}
