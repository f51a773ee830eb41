import { once } from 'node:events';
import {
	createServer,
	request as send,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { ContentDigest, type Content } from '../../../emulator/files/content-digest.cjs';
import type { Job } from '../../../emulator/generate/job.cjs';
import type { RequestRecord } from '../../../emulator/request-record.cjs';
import type { Emulator } from '../../../emulator/server.cjs';
import { State, type Webhook } from '../../../emulator/state.cjs';
import { recordedJob, type StoredContent } from './recorded-job.cjs';
import { observedState, SeenMap } from './observed-state.cjs';

export interface Recorded {
	/** Of the gateway, with /v1. */
	readonly baseUrl: string;
	/** The gateway's key, which takes the place of the tests' own. */
	readonly apiKey: string;
}

/**
 * Passes requests on to a gateway, and records them as the emulator records its own. The recorded state can be read like
 * the emulator's; changing it would steer nothing, so it throws.
 * @param testKey the only key that is replaced by the gateway's
 */
export async function startRecorder(gateway: Recorded, testKey: string): Promise<Emulator> {
	const state = new State(Date.now, testKey, {});
	const jobs = new SeenMap<Job>();
	const webhooks = new SeenMap<Webhook>();
	const stored = new Map<string, StoredContent>();
	const target = new URL(gateway.baseUrl);

	const server = createServer((request, response) => {
		void pass(request, response).catch((error: unknown) => {
			response.destroy(error instanceof Error ? error : new Error(String(error)));
		});
	});

	async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = '', url: path = '' } = request;
		const record = recordOf(state, request);
		state.requests.push(record);
		const leave = enter(state, request);
		response.once('close', leave);
		const body = await buffer(request).catch(() => undefined);
		record.bytesReceived = body?.length ?? 0;
		const isApi = path.startsWith('/v1/');
		if (isApi) {
			state.observer?.({
				...{ method, path, body, authorization: request.headers.authorization !== undefined },
				contentType: request.headers['content-type'],
			});
		}
		if (body === undefined) return;
		const answer = await forward(request, body);
		record.status = answer.statusCode ?? 0;
		if (!isApi) {
			if (method === 'PUT' && record.status < 300)
				stored.set(pathOf(path), contentOf(request, body));
			response.writeHead(record.status, answer.headers);
			const sum = new ContentDigest();
			await pipeline(
				answer,
				async function* (chunks: AsyncIterable<Buffer>) {
					for await (const chunk of chunks) {
						sum.add(chunk);
						yield chunk;
					}
				},
				response,
			);
			const isRead = record.headers.userAgent === gatewayAgent && record.status === 200;
			if (isRead) stored.set(pathOf(path), typed(sum.total(), answer.headers['content-type']));
			return;
		}
		const content = await buffer(answer);
		if (record.status === 200) await remember(request, body, content);
		response.writeHead(record.status, answer.headers).end(content);
	}

	async function forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
		const headers: OutgoingHttpHeaders = { ...request.headers };
		// With the length of its own: a body may have come in chunks.
		delete headers['transfer-encoding'];
		if (request.headers['transfer-encoding'] !== undefined) headers['content-length'] = body.length;
		if (headers.authorization === `Bearer ${testKey}`) {
			headers.authorization = `Bearer ${gateway.apiKey}`;
		}
		const { hostname, port } = target;
		const call = send({
			...{ hostname, port, headers },
			method: request.method,
			path: request.url,
		});
		call.end(body);
		const [answer] = (await once(call, 'response')) as [IncomingMessage];
		return answer;
	}

	/** Records what an accepted request has changed. */
	async function remember(request: IncomingMessage, body: Buffer, content: Buffer): Promise<void> {
		const { method, url: path = '' } = request;
		const { pathname, searchParams } = new URL(path, target);
		if (method === 'POST' && pathname.startsWith('/v1/generate/')) {
			const { process_id: processId } = JSON.parse(content.toString()) as { process_id: string };
			const contentType = request.headers['content-type'] ?? '';
			const job = await recordedJob({ processId, path, contentType, body }, (url) =>
				stored.get(pathOf(url)),
			);
			jobs.see(processId, job);
		}
		if (pathname !== '/v1/webhook') return;
		if (method === 'DELETE') webhooks.forget(searchParams.get('url_name') ?? '');
		if (method !== 'POST') return;
		const webhook = JSON.parse(body.toString()) as { url_name: string; webhook_url: string };
		webhooks.see(webhook.url_name, webhook);
	}

	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	state.origin = `http://127.0.0.1:${address.port}`;
	return {
		origin: state.origin,
		baseUrl: `${state.origin}/v1`,
		state: observedState(state, jobs, webhooks),
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
			state.folder.remove();
		},
	};
}

/** What the gateway calls itself when it fetches a file. */
export const gatewayAgent = 'monsterapi-gateway';

/** The path of a link or a request, without the query. */
const pathOf = (url: string): string => new URL(url, 'http://recorder.invalid').pathname;

function contentOf(request: IncomingMessage, body: Buffer): StoredContent {
	const sum = new ContentDigest();
	sum.add(body);
	return typed(sum.total(), request.headers['content-type']);
}

const typed = ({ size, sha256 }: Content, mime: string | undefined): StoredContent => ({
	...{ size, sha256 },
	...(mime !== undefined && { mime }),
});

/** Counts a request as open. Returns what ends that. */
function enter(state: State, { url = '' }: IncomingMessage): () => void {
	const api = url.startsWith('/v1/') ? 1 : 0;
	const transfer = 1 - api;
	state.openRequests += api;
	state.openTransfers += transfer;
	state.peakOpenRequests = Math.max(state.peakOpenRequests, state.openRequests);
	state.peakTransfers = Math.max(state.peakTransfers, state.openTransfers);
	return () => {
		state.openRequests -= api;
		state.openTransfers -= transfer;
	};
}

function recordOf(
	state: State,
	{ method = '', url = '', headers }: IncomingMessage,
): RequestRecord {
	const length = headers['content-length'];
	return {
		...{ at: Date.now(), method, path: url, status: 0, bytesReceived: 0 },
		...{ openAtOnce: state.openRequests, transfersAtOnce: state.openTransfers },
		headers: {
			authorization: headers.authorization !== undefined,
			contentType: headers['content-type'],
			contentLength: length === undefined ? undefined : Number(length),
			transferEncoding: headers['transfer-encoding'],
			userAgent: headers['user-agent'],
		},
	};
}
