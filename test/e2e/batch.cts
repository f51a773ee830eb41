import { randomUUID } from 'node:crypto';

import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { expectEqual } from './checks.cjs';
import type { Instance } from './instance.cjs';
import { link, node, post } from './workflows.cjs';

/** The name of the batch's MonsterAPI node. */
export const WORK = 'Work';

/** A published workflow that is started by a webhook with a list, and processes one item for each entry. */
export interface Batch {
	readonly workflow: StoredWorkflow;
	/** Starts one execution. */
	start(list: readonly string[]): Promise<void>;
}

/**
 * @param parameters of the MonsterAPI node; an entry is `{{ $json.value }}`
 * @param settings of that node, such as `onError`
 */
export async function publishBatch(
	instance: Instance,
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
): Promise<Batch> {
	const path = randomUUID();
	const start = {
		...node(instance, 'Start', 'n8n-nodes-base.webhook', { httpMethod: 'POST', path, options: {} }),
		webhookId: path,
	};
	const split = node(instance, 'Split', 'n8n-nodes-base.splitOut', {
		fieldToSplitOut: 'body.list',
		options: { destinationFieldName: 'value' },
	});
	const work = node(instance, WORK, 'n8n-nodes-monsterapi.monsterApi', parameters);
	const workflow = await instance.api.createWorkflow({
		name: 'Batch',
		nodes: [start, split, { ...work, ...settings }],
		connections: { Start: link('Split'), Split: link(WORK) },
		settings: { executionOrder: 'v1' },
	});
	await instance.api.publish(workflow);
	return {
		workflow,
		async start(list) {
			expectEqual('start', await post(`${instance.webhookUrl}/webhook/${path}`, { list }), 200);
		},
	};
}
