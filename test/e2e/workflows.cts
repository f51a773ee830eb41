import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import type { Execution } from '../support/n8n/execution.cjs';
import { executionsOf } from '../support/n8n/history.cjs';
import type { StoredWorkflow, WorkflowFile, WorkflowNode } from '../support/n8n/workflow.cjs';
import { apiKey, type Instance } from './instance.cjs';
import { readJob } from './job-status.cjs';
import { until } from './until.cjs';

export const TRIGGER = 'MonsterAPI Trigger';

type Parameters = Record<string, unknown>;

/** A node; those of this package get the credential. */
export function node(
	{ credential }: Pick<Instance, 'credential'>,
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

/** A connection to another node. */
export const link = (to: string) => ({ main: [[{ node: to, type: 'main', index: 0 }]] });

/** A workflow with a trigger for each set of parameters, all connected to one No Operation node. */
export function triggerWorkflow(
	instance: Pick<Instance, 'credential'>,
	...triggers: Parameters[]
): WorkflowFile {
	const type = 'n8n-nodes-monsterapi.monsterApiTrigger';
	const nodes = triggers.map((parameters, index) => ({
		...node(instance, index === 0 ? TRIGGER : `${TRIGGER}${index}`, type, parameters),
		// The editor adds one to each node that has a webhook.
		webhookId: randomUUID(),
	}));
	const end = node(instance, 'End', 'n8n-nodes-base.noOp', {});
	return {
		name: 'Triggered',
		nodes: [...nodes, end],
		connections: Object.fromEntries(nodes.map(({ name }) => [name, link('End')])),
		settings: { executionOrder: 'v1' },
	};
}

/** Imports and publishes a workflow with one trigger. */
export async function published(
	instance: Instance,
	parameters: Parameters = {},
): Promise<StoredWorkflow> {
	const stored = await instance.api.createWorkflow(triggerWorkflow(instance, parameters));
	await instance.api.publish(stored);
	return stored;
}

/** Runs Job > Wait for a job. */
export async function runJobWait(instance: Instance, processId: string): Promise<Execution> {
	const start = node(instance, 'Start', 'n8n-nodes-base.manualTrigger', {});
	const wait = node(instance, 'Wait', 'n8n-nodes-monsterapi.monsterApi', {
		resource: 'job',
		operation: 'wait',
		processId,
		options: {},
	});
	const stored = await instance.api.createWorkflow({
		name: 'Waiting',
		nodes: [start, wait],
		connections: { Start: link('Wait') },
		settings: { executionOrder: 'v1' },
	});
	return await instance.api.runToEnd(stored);
}

/** Submits a job to MonsterAPI as a workflow would. @returns its process ID */
export async function submitJob(
	{ emulator }: Instance,
	webhook?: string,
	model = 'falcon-7b-instruct',
	inputs: Parameters = { prompt: 'Hello' },
): Promise<string> {
	const url = new URL(`${emulator.baseUrl}/generate/${model}`);
	if (webhook !== undefined) url.searchParams.set('webhook_url_name', webhook);
	const response = await fetch(url, {
		method: 'POST',
		headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify(inputs),
	});
	const { process_id: id } = (await response.json()) as { process_id?: string };
	assert(id !== undefined, `MonsterAPI answered ${response.status} to a job`);
	return id;
}

/** Submits a job and waits until it has ended: a callback about it is then true. @returns its process ID */
export async function endedJob(instance: Instance): Promise<string> {
	const id = await submitJob(instance);
	await until('the job has ended', async () => {
		const { status } = await readJob(instance.emulator, id);
		return status === 'COMPLETED';
	});
	return id;
}

/** The callback that MonsterAPI sends at the end of a job. */
export const callbackOf = (processId: string, status = 'COMPLETED') => ({
	process_id: processId,
	model_name: 'falcon-7b-instruct',
	status,
	result: { text: 'forged' },
});

/** n8n's response to a webhook request. */
export interface Answer {
	readonly status: number;
	readonly text: string;
}

/** Sends a POST request. @param contentType null for none */
export async function postForAnswer(
	url: string,
	body: unknown,
	contentType: string | null = 'application/json',
): Promise<Answer> {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = await fetch(url, {
		method: 'POST',
		// Bytes, since fetch adds a content type to a string.
		body: new TextEncoder().encode(text),
		headers: {
			// n8n closes idle connections after five seconds; reusing one at that moment would lose a callback.
			connection: 'close',
			...(contentType === null ? {} : { 'content-type': contentType }),
		},
	});
	return { status: response.status, text: await response.text() };
}

/** Sends a POST request. @returns the HTTP status */
export async function post(
	url: string,
	body: unknown,
	contentType?: string | null,
): Promise<number> {
	return (await postForAnswer(url, body, contentType)).status;
}

/** The names of the registered webhooks, sorted. */
export const names = ({ emulator }: Instance): string[] =>
	[...emulator.state.webhooks.keys()].sort();

/** The URL that is registered under a name. */
export function urlOf({ emulator }: Instance, name: string): string {
	const url = emulator.state.webhooks.get(name)?.webhook_url;
	assert(url !== undefined, `no webhook is registered as ${name}`);
	return url;
}

/** Throws unless n8n has recorded exactly `count` executions of a workflow, of any status. */
export async function expectExecutions(
	{ api }: Instance,
	{ id }: Pick<StoredWorkflow, 'id'>,
	count: number,
): Promise<void> {
	const all = await executionsOf(api, id);
	const seen = all.map(({ mode, status }) => `${mode} ${status}`).join(', ');
	assert(all.length === count, `${count} executions expected, n8n has: ${seen || 'none'}`);
}
