import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchGateway, benchFolder } from './gateway-process.mts';
import { median, percentile, type Figure } from './measure.mts';
import { model } from './throughput.mts';

const engineMs = 50;
const pollMs = 2;

/** From the engine's answer to COMPLETED, and to the callback, for jobs one after another. */
export async function latency(jobs: number): Promise<Figure[]> {
	let answeredAt = 0;
	const engine = await listen((path, respond) => {
		if (!path.endsWith('/chat/completions')) return respond('{"data":[{"id":"m"}]}');
		setTimeout(() => {
			answeredAt = performance.now();
			respond('{"choices":[{"message":{"content":"ok"}}]}');
		}, engineMs);
	});
	let calledBack: ((atMs: number) => void) | undefined;
	const receiver = await listen((_path, respond, body) => {
		if (body.includes('"COMPLETED"')) calledBack?.(performance.now());
		respond('');
	});
	const folder = await benchFolder();
	const gateway = await BenchGateway.start(folder.path, {
		engines: { text: { driver: 'openai-chat', url: `${engine.url}/v1` } },
		models: { [model]: { engine: 'text', model: 'm' } },
	});
	try {
		await fetch(`${gateway.url}/v1/webhook`, {
			method: 'POST',
			headers: gateway.headers,
			body: JSON.stringify({ url_name: 'bench', webhook_url: receiver.url }),
		});
		const toStatus: number[] = [];
		const toCallback: number[] = [];
		for (let job = 0; job < jobs; job += 1) {
			const callback = new Promise<number>((resolve) => (calledBack = resolve));
			const id = await gateway.submit(model, { prompt: 'x' }, '?webhook_url_name=bench');
			while ((await gateway.status(id)) !== 'COMPLETED') await sleep(pollMs);
			toStatus.push(performance.now() - answeredAt);
			toCallback.push((await callback) - answeredAt);
		}
		return [
			figure('end of the engine to COMPLETED', toStatus, 100),
			figure('end of the engine to callback', toCallback, 250),
		];
	} finally {
		await gateway.stop();
		engine.server.close();
		receiver.server.close();
		folder.remove();
	}
}

const figure = (name: string, values: readonly number[], boundMs: number): Figure => ({
	name,
	value: `${median(values).toFixed(0)} ms in the middle, 95 % within ${percentile(values, 0.95).toFixed(0)} ms`,
	bound: `≤ ${boundMs} ms in the middle`,
	kept: median(values) <= boundMs,
});

async function listen(
	answer: (path: string, respond: (body: string) => void, body: string) => void,
): Promise<{ readonly url: string; readonly server: Server }> {
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk) => (body += String(chunk)));
		request.on('end', () => {
			const respond = (text: string) =>
				response.setHeader('content-type', 'application/json').end(text);
			answer(request.url ?? '', respond, body);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('No port');
	return { url: `http://127.0.0.1:${address.port}`, server };
}
