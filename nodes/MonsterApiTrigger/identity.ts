import type { INode } from 'n8n-workflow';

/** What tells a trigger's webhook from all others. */
export interface Identity {
	/** The name at MonsterAPI: stable when workflow or node are renamed, another one for test listening. */
	readonly name: string;
	/** What the token is made over: the webhook's path, and whether it is the test one. */
	readonly scope: string;
}

/**
 * @param givenName what the user typed; empty for a name of the trigger's own
 * @param test whether the editor listens for one test event
 */
export function identityOf(
	node: Pick<INode, 'id' | 'name' | 'webhookId'>,
	workflowId: string | undefined,
	givenName: string,
	test: boolean,
): Identity {
	const workflow = workflowId ?? 'unsaved';
	const own = givenName === '' ? `n8n-${workflow}-${node.id}` : givenName;
	const path = node.webhookId ?? `${workflow}/${node.name}`;
	return {
		name: test ? `${own}-test` : own,
		scope: `${test ? 'test' : 'live'}/${path}`,
	};
}
