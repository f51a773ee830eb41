import { randomUUID } from 'node:crypto';

import type { Execution } from '../support/n8n/execution.cjs';
import { executionsOf } from '../support/n8n/history.cjs';
import type { StoredWorkflow, WorkflowFile, WorkflowNode } from '../support/n8n/workflow.cjs';
import { demand } from './checks.cjs';
import { apiKey, type Site } from './instance-site.cjs';

export const TRIGGER = 'MonsterAPI Trigger';

type Parameters = Record<string, unknown>;

/** A node, with the credential if it is one of this package. */
export function node(
	{ credential }: Site,
	name: string,
	type: string,
	parameters: Parameters,
): WorkflowNode {
	const own = type.startsWith('n8n-nodes-monsterapi.');
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(own ? { credentials: { monsterApi: { id: credential.id, name: credential.name } } } : {}),
	};
}

/** A connection to one other node. */
export const link = (to: string) => ({ main: [[{ node: to, type: 'main', index: 0 }]] });

/** A trigger for each set of parameters, all leading to one node that does nothing. */
export function triggerWorkflow(site: Site, ...triggers: Parameters[]): WorkflowFile {
	const type = 'n8n-nodes-monsterapi.monsterApiTrigger';
	const nodes = triggers.map((parameters, index) => ({
		...node(site, index === 0 ? TRIGGER : `${TRIGGER}${index}`, type, parameters),
		// As the editor gives each node that has a webhook.
		webhookId: randomUUID(),
	}));
	const end = node(site, 'End', 'n8n-nodes-base.noOp', {});
	return {
		name: 'Triggered',
		nodes: [...nodes, end],
		connections: Object.fromEntries(nodes.map(({ name }) => [name, link('End')])),
		settings: { executionOrder: 'v1' },
	};
}

/** Imports and publishes a workflow with one trigger. */
export async function published(site: Site, parameters: Parameters = {}): Promise<StoredWorkflow> {
	const stored = await site.api.createWorkflow(triggerWorkflow(site, parameters));
	await site.api.publish(stored);
	return stored;
}

/** What the action node's operation Job > Wait gives for a job. */
export async function waitedFor(site: Site, processId: string): Promise<Execution> {
	const start = node(site, 'Start', 'n8n-nodes-base.manualTrigger', {});
	const wait = node(site, 'Wait', 'n8n-nodes-monsterapi.monsterApi', {
		resource: 'job',
		operation: 'wait',
		processId,
		options: {},
	});
	const stored = await site.api.createWorkflow({
		name: 'Waiting',
		nodes: [start, wait],
		connections: { Start: link('Wait') },
		settings: { executionOrder: 'v1' },
	});
	return await site.api.runToEnd(stored);
}

/** Hands a job over to the emulator as a workflow would. */
export async function handOver(
	{ emulator }: Site,
	webhook?: string,
	model = 'falcon-7b-instruct',
	prompt = 'Hello',
): Promise<string> {
	const url = new URL(`${emulator.baseUrl}/generate/${model}`);
	if (webhook !== undefined) url.searchParams.set('webhook_url_name', webhook);
	const response = await fetch(url, {
		method: 'POST',
		headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify({ prompt }),
	});
	const { process_id: id } = (await response.json()) as { process_id?: string };
	demand(id !== undefined, `the emulator answered ${response.status} to a job`);
	return id;
}

/** The callback that MonsterAPI sends at the end of a job. */
export const callbackOf = (processId: string, status = 'COMPLETED') => ({
	process_id: processId,
	model_name: 'falcon-7b-instruct',
	status,
	result: { text: 'forged' },
});

/** What n8n answers to a request from outside. */
export interface Answer {
	readonly status: number;
	readonly text: string;
}

/** @returns the answer to a POST */
export async function answerTo(
	url: string,
	body: unknown,
	contentType: string | null = 'application/json',
): Promise<Answer> {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = await fetch(url, {
		method: 'POST',
		// As bytes, since a text would bring a content type of its own.
		body: new TextEncoder().encode(text),
		headers: {
			// n8n closes idle connections after five seconds; one that is taken up again then would lose a callback.
			connection: 'close',
			...(contentType === null ? {} : { 'content-type': contentType }),
		},
	});
	return { status: response.status, text: await response.text() };
}

/** @returns the HTTP status of the answer to a POST */
export async function post(
	url: string,
	body: unknown,
	contentType?: string | null,
): Promise<number> {
	return (await answerTo(url, body, contentType)).status;
}

/** The registered names, in order. */
export const names = ({ emulator }: Site): string[] => [...emulator.state.webhooks.keys()].sort();

/** The URL that is registered under a name. */
export function urlOf({ emulator }: Site, name: string): string {
	const url = emulator.state.webhooks.get(name)?.webhook_url;
	demand(url !== undefined, `no webhook is registered as ${name}`);
	return url;
}

/** Throws unless n8n has recorded just so many executions of a workflow, whatever became of them. */
export async function expectExecutions(
	{ api }: Site,
	{ id }: Pick<StoredWorkflow, 'id'>,
	count: number,
): Promise<void> {
	const all = await executionsOf(api, id);
	const seen = all.map(({ mode, status }) => `${mode} ${status}`).join(', ');
	demand(all.length === count, `${count} executions expected, n8n has: ${seen || 'none'}`);
}
