import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { HookContext, WebhookContext } from 'n8n-core';
import type { IDataObject, INodeExecutionData, WorkflowActivateMode } from 'n8n-workflow';

import { nodeType } from './contexts.cjs';
import { prepare, type Prepared, type RunOptions } from './engine.cjs';

/** A trigger node in n8n's own contexts, behind HTTP as n8n's server would put it. */
export interface Listener {
	readonly origin: string;
	/** The items of every execution that was started, in order. */
	readonly started: INodeExecutionData[][];
	/** What n8n would record as a failed execution. */
	readonly failures: unknown[];
	/** Runs a step of the webhook's life, as n8n does on activation and deactivation. */
	hook(
		step: 'checkExists' | 'create' | 'delete',
		activation?: WorkflowActivateMode,
	): Promise<boolean>;
	/** What n8n keeps of the trigger over a restart. */
	readonly staticData: IDataObject;
	/** A field as n8n's engine evaluates it. */
	parameter(name: string): unknown;
	close(): Promise<void>;
}

const webhookPath = /^\/webhook(-test)?\/([^/]+)\/webhook$/;

/** @param options of the trigger node; `settings.webhookId` is part of its URL */
export async function listen(options: RunOptions): Promise<Listener> {
	const { workflow, node, data } = prepare({ ...options, type: 'monsterApiTrigger' });
	const type = await nodeType('monsterApiTrigger');
	const started: INodeExecutionData[][] = [];
	const failures: unknown[] = [];

	const server = createServer((request, response) => {
		void answer(request, response).catch((error: unknown) => {
			failures.push(error);
			response.writeHead(500).end();
		});
	});

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '', 'http://localhost');
		const path = webhookPath.exec(url.pathname);
		const isTest = path?.[1] !== undefined;
		const name = request.method === 'POST' ? 'default' : 'setup';
		const known = ['GET', 'HEAD', 'POST'].includes(request.method ?? '');
		if (path?.[2] !== node.webhookId || !known) return void response.writeHead(404).end();
		const rawBody = await buffer(request);
		const body = parseAsN8n(request, rawBody);
		if (body === undefined) return void response.writeHead(422).end('Failed to parse request body');
		const query = Object.fromEntries(
			[...new Set(url.searchParams.keys())].map((key) => {
				const values = url.searchParams.getAll(key);
				return [key, values.length > 1 ? values : values[0]];
			}),
		);
		const context = new WebhookContext(
			workflow,
			node,
			{
				...data,
				httpRequest: Object.assign(request, { rawBody, body, query, params: {} }),
				httpResponse: expressLike(response),
			},
			isTest ? 'manual' : 'webhook',
			{ webhookDescription: { name }, isTest } as never,
			[],
			null,
		);
		const result = await type.webhook?.call(context);
		if (result?.workflowData !== undefined) started.push(...result.workflowData);
		if (!response.writableEnded) response.writeHead(200).end('{"message":"Workflow was started"}');
	}

	const origin = await serve(server);
	Object.assign(data, {
		webhookBaseUrl: `${origin}/webhook`,
		webhookTestBaseUrl: `${origin}/webhook-test`,
	});
	return {
		origin,
		started,
		failures,
		staticData: workflow.getStaticData('node', node),
		hook: async (step, activation = 'activate') =>
			(await type.webhookMethods?.default?.[step].call(
				hookContext({ workflow, node, data }, step, activation),
			)) ?? false,
		parameter: (name) =>
			hookContext({ workflow, node, data }, 'create', 'activate').getNodeParameter(name),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

/** On deactivation n8n says "update", whether it was the published workflow or the test listening that ends. */
function hookContext({ workflow, node, data }: Prepared, step: string, told: WorkflowActivateMode) {
	const isTest = told === 'manual';
	const [mode, activation] =
		step === 'delete'
			? (['internal', 'update'] as const)
			: ([isTest ? 'manual' : 'trigger', told] as const);
	const webhook = { isTest, webhookDescription: { name: 'default' } };
	return new HookContext(workflow, node, data, mode, activation, webhook as never);
}

async function serve(server: Server): Promise<string> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return `http://127.0.0.1:${address.port}`;
}

/** n8n parses JSON and text by their content type, and leaves an empty object for what it does not know. */
function parseAsN8n(request: IncomingMessage, raw: Buffer): unknown {
	const type = request.headers['content-type'] ?? '';
	if (raw.length === 0) return {};
	if (type.startsWith('text/')) return raw.toString();
	if (!type.includes('json')) return {};
	try {
		return JSON.parse(raw.toString());
	} catch {
		return undefined;
	}
}

/** The little of Express that a webhook uses. */
function expressLike(response: ServerResponse): object {
	let status = 200;
	const like = {
		status(code: number): object {
			status = code;
			return like;
		},
		type: (): object => like,
		send(text: string): object {
			response.writeHead(status).end(text);
			return like;
		},
		end: (): object => like,
	};
	return like;
}
