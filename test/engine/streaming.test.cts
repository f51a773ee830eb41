import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { sendRequest } from '../../nodes/host/sendRequest';
import { binaryOf } from '../support/engine/engine.cjs';
import { pickerContext } from '../support/engine/contexts.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const fileBytes = 400_000_000;
/** Data in transit and garbage not yet collected: a node that buffers the file would need twice as much. */
const mostBytes = 200_000_000;

/** How much the buffers of this process, client and server together, grew at most while something ran. */
async function growth(work: () => Promise<void>): Promise<number> {
	const before = process.memoryUsage().arrayBuffers;
	let peak = before;
	const sampler = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage().arrayBuffers);
	}, 10);
	await work();
	clearInterval(sampler);
	return peak - before;
}

function* chunks(): Generator<Buffer> {
	const chunk = Buffer.alloc(1_000_000, 'x');
	for (let sent = 0; sent < fileBytes; sent += chunk.length) yield chunk;
}

test('a large file is uploaded without being buffered', async () => {
	const binary = await binaryOf(Readable.from(chunks()), 'large.bin', 'application/octet-stream');
	const grown = await growth(async () => {
		const { items } = await session.run(
			{ resource: 'file', operation: 'upload' },
			{ items: [{ json: {}, binary: { data: binary } }] },
		);
		expect(items[0]?.json['size']).toBe(fileBytes);
	});
	expect(grown).toBeLessThan(mostBytes);
}, 60_000);

test('a large file is downloaded without being buffered', async () => {
	session.emulator.state.settings.resultBytes = fileBytes;
	const grown = await growth(async () => {
		const { items } = await session.run({
			resource: 'model',
			operation: 'generateImage',
			model: 'txt2img',
			prompt: 'A boat',
		});
		expect(items[0]?.binary?.['data']?.bytes).toBe(fileBytes);
	});
	expect(grown).toBeLessThan(mostBytes);
}, 60_000);

test('a slow reader gets large chunks', async () => {
	session.emulator.state.settings.resultBytes = 8_000_000;
	const { items } = await session.run({
		resource: 'model',
		operation: 'generateImage',
		model: 'txt2img',
		prompt: 'A boat',
		download: false,
	});
	const [url] = items[0]?.json['output'] as string[];
	const exchanged = await sendRequest(pickerContext(session.options({})), {
		method: 'GET',
		url: url ?? '',
		timeoutMs: 60_000,
		answer: 'stream',
		maxBytes: 0,
		authenticated: false,
		signal: new AbortController().signal,
	});
	if (exchanged.kind !== 'stream') throw new Error(exchanged.kind);
	const pieces: number[] = [];
	for await (const piece of exchanged.stream) {
		pieces.push(piece.length);
		await pause(5);
	}
	expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(8_000_000);
	expect(Math.max(...pieces)).toBeGreaterThan(200_000);
});
