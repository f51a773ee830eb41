import { execFileSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { get, request, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { binaryOf, endEngine, execute, startEngine } from '../../test/support/engine/engine.cjs';
import { node, runByHand, to } from '../jobs/by-hand.cjs';
import { loadN8nNodes } from '../n8n-nodes.cjs';
import { reportBack } from '../own-process.cjs';
import { MemoryWatch } from '../process-memory.cjs';
import type { Address } from '../service-process.cjs';

export interface Order extends Address {
	readonly by: 'this node' | 'HTTP Request' | 'Node.js' | 'curl';
	readonly way: 'up' | 'down';
	/** A file of the wanted size. */
	readonly source: string;
	/** Where curl and Node.js put what they fetch. */
	readonly target: string;
	/** The job whose result is fetched. */
	readonly processId: string;
	readonly url: string;
	/** Where n8n has its own nodes. */
	readonly n8nNodes: string;
	/** Whether all garbage is collected first: needed to see what is added, and slow afterwards. */
	readonly collect: boolean;
}

export interface Transfer {
	readonly seconds: number;
	/** The highest resident size above that at the beginning, in MB; 0 for curl. */
	readonly addedMb: number;
	/** As stored at the other end. */
	readonly bytes: number;
}

type Effort = Omit<Transfer, 'bytes'>;

async function timed(collect: boolean, work: () => Promise<unknown>): Promise<Effort> {
	if (collect) globalThis.gc?.();
	const watch = new MemoryWatch(process.pid);
	const before = watch.look();
	const startedAt = performance.now();
	await work();
	const seconds = (performance.now() - startedAt) / 1000;
	watch.look();
	const { main } = watch.peak(before.at, Date.now());
	watch.close();
	return { seconds, addedMb: main - before.resident };
}

/** A link of one's own, as the node asks for one. */
async function uploadUrl(baseUrl: string): Promise<string> {
	const answer = await fetch(`${baseUrl}/upload?filename=film.mp4`, {
		headers: { authorization: 'Bearer benchmark-key' },
	});
	const { upload_url: url } = (await answer.json()) as { upload_url: string };
	return url;
}

/** What the service has stored. */
async function uploadedBytes(origin: string): Promise<number> {
	const answer = await fetch(`${origin}/control/uploads`);
	const uploads = (await answer.json()) as Array<{ size?: number }>;
	return uploads.reduce((sum, { size = 0 }) => sum + size, 0);
}

async function curl(...args: string[]): Promise<Effort> {
	const { seconds } = await timed(false, async () => {
		execFileSync('curl', ['-sSf', ...args]);
		await Promise.resolve();
	});
	return { seconds, addedMb: 0 };
}

/** One item through this node. */
async function thisNode(
	baseUrl: string,
	parameters: IDataObject,
	items?: INodeExecutionData[],
): Promise<INodeExecutionData | undefined> {
	const { items: out, error } = await execute({
		parameters,
		credential: { apiKey: 'benchmark-key', baseUrl },
		...(items && { items }),
	});
	if (error !== undefined) throw new Error(error.message);
	return out[0];
}

/** One item through n8n's own node. */
async function httpRequest(
	n8nNodes: string,
	parameters: IDataObject,
	items: INodeExecutionData[],
): Promise<INodeExecutionData | undefined> {
	const types = await loadN8nNodes(n8nNodes, ['HttpRequest']);
	const nodes = [node('Transfer', 'HttpRequest', 4.2, parameters)];
	const connections = { Start: { main: [to('Transfer')] }, Transfer: { main: [to('Done')] } };
	const out = await runByHand({ types, nodes, connections }, items);
	return out[0];
}

/** What n8n builds on, without n8n: a request whose body is a file. */
async function put(url: string, source: string, size: number): Promise<void> {
	const outgoing = request(url, { method: 'PUT', headers: { 'Content-Length': size } });
	const answer = new Promise<IncomingMessage>((resolve, reject) => {
		outgoing.once('response', resolve).once('error', reject);
	});
	await pipeline(createReadStream(source), outgoing);
	(await answer).resume();
}

/** … and an answer that is written as n8n writes it. */
async function fetchTo(target: string, url: string): Promise<void> {
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		get(url, resolve).once('error', reject);
	});
	await writeFile(target, answer);
}

async function up({ by, baseUrl, source, n8nNodes, collect }: Order): Promise<Effort> {
	const { size } = statSync(source);
	const url = by === 'this node' ? '' : await uploadUrl(baseUrl);
	if (by === 'curl') return await curl('-T', source, url);
	if (by === 'Node.js') return await timed(collect, async () => await put(url, source, size));
	await startEngine('filesystem');
	const film = await binaryOf(createReadStream(source), 'film.mp4', 'video/mp4');
	const items = [{ json: {}, binary: { data: film } }];
	const parameters = { method: 'PUT', url, sendBody: true, contentType: 'binaryData' };
	const request = { ...parameters, inputDataFieldName: 'data', options: {} };
	return await timed(collect, async () => {
		await (by === 'this node'
			? thisNode(baseUrl, { resource: 'file', operation: 'upload' }, items)
			: httpRequest(n8nNodes, request, items));
	});
}

async function down(order: Order): Promise<Transfer> {
	const { by, baseUrl, url, target, processId, n8nNodes, collect } = order;
	if (by === 'curl' || by === 'Node.js') {
		const effort = await (by === 'curl'
			? curl('-o', target, url)
			: timed(collect, async () => await fetchTo(target, url)));
		const { size: bytes } = statSync(target);
		return { ...effort, bytes };
	}
	await startEngine('filesystem');
	const job = { resource: 'job', operation: 'get', processId, download: true };
	const parameters = { url, options: { response: { response: { responseFormat: 'file' } } } };
	let out: INodeExecutionData | undefined;
	const effort = await timed(collect, async () => {
		out = await (by === 'this node'
			? thisNode(baseUrl, job)
			: httpRequest(n8nNodes, parameters, [{ json: {} }]));
	});
	return { ...effort, bytes: Number(out?.binary?.['data']?.bytes) };
}

reportBack<Order, Transfer>(async (order) => {
	try {
		if (order.way === 'down') return await down(order);
		return { ...(await up(order)), bytes: await uploadedBytes(order.origin) };
	} finally {
		endEngine();
	}
});
