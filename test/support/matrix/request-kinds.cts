import { Readable } from 'node:stream';
import {
	listDeployments,
	getHealth,
	getLogs,
	listInstances,
} from '../../../nodes/core/api/deploymentInfo';
import { getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { generateWithDeployment } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { getUploadLink } from '../../../nodes/core/api/upload';
import { listWebhooks } from '../../../nodes/core/api/webhooks';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { terminateDeployment } from '../../../nodes/core/deployments/terminate';
import { downloadFile } from '../../../nodes/core/files/download';
import { uploadFile } from '../../../nodes/core/files/upload';
import type { HttpRequest, HttpResult, SourceFile } from '../../../nodes/core/host';
import type { Client } from '../../../nodes/core/http/client';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { submitJob } from '../../../nodes/core/jobs/submit';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { createCallbackState, verifyCallback } from '../../../nodes/core/webhook/verifyCallback';
import { addWebhook, removeWebhooks } from '../../../nodes/core/webhook/registration';
import { json } from '../fakes/virtual-host.cjs';
import { secrets } from './faults.cjs';

export interface RequestKind {
	readonly name: string;
	readonly billed: boolean;
	/** Whether it carries the token of a deployment, which nothing else knows. */
	readonly hasToken?: boolean;
	/** Milliseconds that it may take at most, whatever happens. */
	readonly maxMs: number;
	readonly run: (client: Client) => Promise<unknown>;
	/** The requests that meet the fault; all by default. */
	readonly meets?: (request: HttpRequest) => boolean;
	/** What is answered without a fault. */
	readonly good: (request: HttpRequest) => HttpResult;
}

const minute = 60_000;
const webhook = { name: 'mine', url: 'https://n8n.test/hook?token=t' };
const link = json(200, {
	upload_url: `https://s.test/put?${secrets.signature}`,
	download_url: 'https://s.test/get',
});

const talk = (): SourceFile => {
	const bytes = Buffer.alloc(1_000);
	return {
		name: 'talk.mp3',
		mimeType: 'audio/mpeg',
		size: bytes.length,
		read: async () => await Promise.resolve(bytes),
		open: async () => await Promise.resolve(bytes),
	};
};

const completed = json(200, { process_id: 'p', status: 'COMPLETED', result: { text: 'hi' } });
const launch = { body: { a: 1 }, secrets: [] };

const jobs: RequestKind[] = [
	{
		name: 'submit job',
		billed: true,
		maxMs: 11 * minute,
		run: (client) => submitJob(client, { model: 'sdxl-base', inputs: { prompt: 'a' } }, Infinity),
		good: () => json(200, { process_id: 'p' }),
	},
	{
		name: 'submit job with file',
		billed: true,
		maxMs: 15 * minute,
		run: (client) =>
			submitJob(
				client,
				{
					model: 'whisper',
					inputs: {},
					file: {
						rule: { label: 'File', extensions: ['mp3'], parameter: 'file' },
						source: { kind: 'binary', file: talk() },
					},
				},
				Infinity,
			),
		good: () => json(200, { process_id: 'p' }),
	},
	{
		name: 'job status',
		billed: false,
		maxMs: 2.5 * minute,
		run: (client) => getStatus(client, 'p', readLimits(client.host.now())),
		good: () => completed,
	},
	{
		name: 'wait for job',
		billed: false,
		maxMs: 10 * minute,
		run: async (client) => {
			const outcome = await waitForJob(client, 'p', { timeoutMs: 10 * minute });
			return outcome.kind;
		},
		good: () => completed,
	},
	{
		name: 'verify callback',
		billed: false,
		maxMs: 3 * minute,
		run: async (client) => {
			const callback = {
				kind: 'status',
				processId: 'p',
				status: 'COMPLETED',
				model: undefined,
				body: {},
			} as const;
			const { kind } = await verifyCallback(client, callback, createCallbackState(9), {
				statuses: ['COMPLETED'],
				models: [],
				verify: true,
				ignoreDuplicates: true,
			});
			return kind;
		},
		good: () => completed,
	},
];

const others: RequestKind[] = [
	{
		name: 'upload link',
		billed: false,
		maxMs: 2.5 * minute,
		run: async (client) => (await getUploadLink(client, 'talk.mp3')).downloadUrl,
		good: () => link,
	},
	{
		name: 'upload',
		billed: false,
		maxMs: 95 * minute,
		run: (client) => uploadFile(client, talk()),
		meets: ({ method }) => method === 'PUT',
		good: ({ method }) => (method === 'PUT' ? json(200, '') : link),
	},
	{
		name: 'download',
		billed: false,
		maxMs: 9 * minute,
		run: (client) => downloadFile(client, `https://s.test/p.png?${secrets.signature}`, 'p'),
		good: () => ({
			kind: 'stream',
			status: 200,
			headers: { 'content-type': 'image/png' },
			stream: Readable.from([Buffer.from('\u0089PNG')]),
		}),
	},
	{
		name: 'webhook list',
		billed: false,
		maxMs: minute,
		run: (client) => listWebhooks(client),
		good: () => json(200, [{ url_name: 'mine', webhook_url: webhook.url }]),
	},
	{
		name: 'webhook create',
		billed: false,
		maxMs: 4 * minute,
		run: (client) => addWebhook(client, webhook),
		meets: ({ method }) => method === 'POST',
		good: ({ method }) =>
			json(200, method === 'POST' ? { message: 'Webhook Registered Successfully' } : []),
	},
	{
		name: 'webhook delete',
		billed: false,
		maxMs: minute,
		run: (client) => removeWebhooks(client, ['mine']),
		meets: ({ method }) => method === 'DELETE',
		good: ({ method }) =>
			method === 'DELETE'
				? json(200, { message: 'Webhook Deleted Successfully' })
				: json(200, [{ url_name: 'mine', webhook_url: webhook.url }]),
	},
];

const deploymentWork: RequestKind[] = [
	...(['llm', 'custom_image'] as const).map(
		(kind): RequestKind => ({
			name: `launch ${kind === 'llm' ? 'model' : 'image'}`,
			billed: true,
			maxMs: 16 * minute,
			run: (client) => startDeployment(client, kind, launch),
			good: () => json(200, { deployment_id: 'd' }),
		}),
	),
	{
		name: 'deployment status',
		billed: false,
		maxMs: 2.5 * minute,
		run: (client) => getDeployment(client, 'd', readLimits(client.host.now())),
		good: () => json(200, { status: 'live', URL: 'https://d.test' }),
	},
	{
		name: 'terminate',
		billed: false,
		maxMs: 3 * minute,
		run: (client) => terminateDeployment(client, 'd'),
		meets: ({ method }) => method === 'POST',
		good: ({ method }) =>
			method === 'POST'
				? json(200, { message: 'Instance Terminated' })
				: json(200, { status: 'live' }),
	},
	{
		name: 'generate at deployment',
		billed: false,
		hasToken: true,
		maxMs: 5.5 * minute,
		run: (client) =>
			generateWithDeployment(
				client,
				{ url: 'https://d.test', token: secrets.token, allowInvalidCertificate: false },
				{},
				5 * minute,
			),
		good: () => json(200, { text: ['hi'] }),
	},
];

const deploymentReads: RequestKind[] = [
	{ name: 'deployment list', run: (client: Client) => listDeployments(client), good: [] },
	{ name: 'logs', run: (client: Client) => getLogs(client, 'd', 10), good: { logs: ['a'] } },
	{ name: 'instances', run: (client: Client) => listInstances(client), good: [] },
	{ name: 'health', run: (client: Client) => getHealth(client), good: { status: 'ok' } },
].map(({ name, run, good }) => ({
	name,
	run,
	billed: false,
	maxMs: 2.5 * minute,
	good: () => json(200, good),
}));

/** By their tables in the document. */
export const requestKinds: Readonly<Record<string, readonly RequestKind[]>> = {
	Jobs: jobs,
	'Files and webhooks': others,
	Deployments: [...deploymentWork, ...deploymentReads],
};
