import { randomUUID } from 'node:crypto';

import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { same } from './checks.cjs';
import type { Site } from './instance-site.cjs';
import { link, node, post } from './workflows.cjs';

/** The node of a batch that does the work. */
export const WORK = 'Work';

/** A published workflow that works on lists: started from outside, as production is, with an item for each entry. */
export interface Batch {
	readonly workflow: StoredWorkflow;
	/** Starts one execution. Its items have the entries as `value`. */
	start(list: readonly string[]): Promise<void>;
}

/**
 * @param parameters of the MonsterAPI node, which takes an entry as `{{ $json.value }}`
 * @param settings of that node, such as `onError`
 */
export async function publishBatch(
	site: Site,
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
): Promise<Batch> {
	const path = randomUUID();
	const start = {
		...node(site, 'Start', 'n8n-nodes-base.webhook', { httpMethod: 'POST', path, options: {} }),
		webhookId: path,
	};
	const split = node(site, 'Split', 'n8n-nodes-base.splitOut', {
		fieldToSplitOut: 'body.list',
		options: { destinationFieldName: 'value' },
	});
	const work = node(site, WORK, 'n8n-nodes-monsterapi.monsterApi', parameters);
	const workflow = await site.api.createWorkflow({
		name: 'Batch',
		nodes: [start, split, { ...work, ...settings }],
		connections: { Start: link('Split'), Split: link(WORK) },
		settings: { executionOrder: 'v1' },
	});
	await site.api.publish(workflow);
	return {
		workflow,
		async start(list) {
			same('start', await post(`${site.webhookUrl}/webhook/${path}`, { list }), 200);
		},
	};
}
