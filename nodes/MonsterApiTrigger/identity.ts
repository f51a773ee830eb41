import type { INode } from 'n8n-workflow';

/** What distinguishes a trigger's webhook from all others. */
export interface Identity {
	/** The name at MonsterAPI: unaffected when workflow or node are renamed, different while listening for a test event. */
	readonly name: string;
	/** What the token is derived from: the webhook's path, and whether it is the test webhook. */
	readonly scope: string;
}

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
	const name = customName === '' ? `n8n-${workflow}-${node.id}` : customName;
	const path = node.webhookId ?? `${workflow}/${node.name}`;
	return {
		name: test ? `${name}-test` : name,
		scope: `${test ? 'test' : 'live'}/${path}`,
	};
}
