import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { createClient } from '../../../nodes/core/http/client';
import { getStatus } from '../../../nodes/core/api/status';
import { downloadFile } from '../../../nodes/core/files/download';
import type { HttpResult } from '../../../nodes/core/host';
import { downloadOutputs } from '../../../nodes/core/jobs/submit';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: ['k'] });

const stream = (chunks: string[], headers: Record<string, string>, breaks?: Error): HttpResult => ({
	kind: 'stream',
	status: 200,
	headers,
	stream: Readable.from(
		(async function* () {
			for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
			if (breaks) throw breaks;
		})(),
	),
});

const refusal = (status: number, headers: Record<string, string> = {}): HttpResult => ({
	kind: 'stream',
	status,
	headers,
	stream: Readable.from([Buffer.from('<Error>no</Error>')]),
});

const good = () => stream(['abc', 'def'], { 'content-length': '6', 'content-type': 'image/png' });

describe('a file coming out', () => {
	const url = 'https://files.test/p_0.png?X-Amz-Signature=abc';

	test('is stored under its true name and type', async () => {
		const host = virtualHost(good);
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).resolves.toBe('p_0.png');
		expect(host.saved).toEqual(['p_0.png image/png 6']);
		expect(host.requests[0]?.request.authenticated).toBe(false);
	});

	test.each([
		['https://f.test/', 'image/png', 'p_0.png image/png 6'],
		['https://f.test/a%20b%22%C3%A4.wav', 'binary/octet-stream', 'a b"ä.wav audio/wav 6'],
		['https://f.test/..%2F..%2Fetc%2Fpasswd', 'image/png', 'passwd.png image/png 6'],
		['https://f.test/x', 'audio/x-wav; codecs=1', 'x.wav audio/x-wav 6'],
		['https://f.test/%E0%A4%A', '', '%E0%A4%A application/octet-stream 6'],
	])('%s of type %j becomes %s', async (address, type, saved) => {
		const host = virtualHost(() =>
			stream(['abc', 'def'], { 'content-length': '6', 'content-type': type }),
		);
		await host.run(downloadFile(clientOf(host), address, 'p_0'));
		expect(host.saved).toEqual([saved]);
	});

	test.each<[string, () => HttpResult]>([
		['404', () => refusal(404)],
		['403', () => refusal(403)],
		['500', () => refusal(500)],
		['an empty file', () => stream([], { 'content-length': '0' })],
		['a file that breaks off', () => stream(['abc'], {}, new Error('aborted'))],
		['a file that is too short', () => stream(['abc'], { 'content-length': '6' })],
		['a reset connection', () => fault('ECONNRESET', 'maybe')],
	])('%s is tried again', async (_name, setback) => {
		const host = virtualHost((_request, { requests }) =>
			requests.length === 1 ? setback() : good(),
		);
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).resolves.toBe('p_0.png');
		expect(host.requests).toHaveLength(2);
	});

	test('that never comes keeps the paid job: its id and URLs are in the error, no signature in the text', async () => {
		const host = virtualHost(() => refusal(404));
		const state = {
			processId: 'p',
			status: 'COMPLETED',
			phase: 'completed' as const,
			result: { output: [url] },
			failure: undefined,
			raw: {},
		};
		const error: unknown = await host
			.run(downloadOutputs(clientOf(host), state))
			.catch((caught: unknown) => caught);
		expect(host.requests).toHaveLength(4);
		expect(error).toMatchObject({ details: { processId: 'p', output: [url], status: 404 } });
		expect(String(error)).not.toContain('Signature');
		expect(error).toMatchObject({ details: { advice: expect.not.stringContaining('Signature') } });
	});

	test.each([429, 503])(
		'that is refused with %i each time is asked for four times',
		async (status) => {
			const host = virtualHost(() => refusal(status));
			await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).rejects.toMatchObject({
				details: { status },
			});
			expect(host.requests).toHaveLength(4);
		},
	);

	test('that stands still for a minute is ended and tried again', async () => {
		const still = new Readable({ read: () => undefined });
		const host = virtualHost((_request, { requests }) =>
			requests.length === 1 ? { kind: 'stream', status: 200, headers: {}, stream: still } : good(),
		);
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).resolves.toBe('p_0.png');
		expect(still.destroyed).toBe(true);
		expect(host.requests[1]?.at).toBeGreaterThanOrEqual(60_000);
	});

	test('that stood in line for hours still gets its time, and is asked for again', async () => {
		const last = 'https://files.test/last.png';
		const host = virtualHost(async (request, { sleep, signal, requests }) => {
			if (request.url === last)
				return requests.at(-2)?.request.url === last ? good() : refusal(404);
			await sleep(50 * 60_000, signal);
			return good();
		});
		const client = clientOf(host);
		const others = Array.from({ length: 12 }, () => downloadFile(client, url, 'p_0'));
		await expect(
			host.run(Promise.all([...others, downloadFile(client, last, 'last')])),
		).resolves.toHaveLength(13);
		const asked = host.requests.filter(({ request }) => request.url === last);
		expect(asked.map(({ request }) => request.timeoutMs)).toEqual([30_000, 30_000]);
	});

	test('that its storage holds back waits alone: other files and looks go on', async () => {
		const held = 'https://files.test/held.png';
		const host = virtualHost((request, { requests }) => {
			if (request.answer === 'text') return json(200, { process_id: 'p', status: 'IN_QUEUE' });
			const again = requests.filter((one) => one.request.url === held).length > 1;
			return request.url === held && !again ? refusal(429, { 'retry-after': '50' }) : good();
		});
		const client = clientOf(host);
		const end = async (work: Promise<unknown>) => await work.then(() => host.now());
		const look = async () => {
			await host.sleep(1_000, host.signal);
			return await getStatus(client, 'p', { maxAttempts: 1, deadline: 10_000 });
		};
		const ends = await host.run(
			Promise.all([
				end(downloadFile(client, held, 'a')),
				end(downloadFile(client, 'https://files.test/other.png', 'b')),
				end(look()),
			]),
		);
		expect(ends).toEqual([50_000, 0, 1_000]);
	});

	test('is ended by stop', async () => {
		const still = new Readable({ read: () => undefined });
		const host = virtualHost(() => ({ kind: 'stream', status: 200, headers: {}, stream: still }));
		host.at(500, () => host.stop());
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).rejects.toMatchObject({
			name: 'StoppedError',
		});
		expect(still.destroyed).toBe(true);
	});

	test('that n8n cannot store is not fetched again: the disk does not heal by asking', async () => {
		const host = virtualHost(good);
		host.saveFile = async () =>
			await Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).rejects.toMatchObject({
			message: 'The result file could not be stored',
			details: { advice: expect.stringContaining('ENOSPC') },
		});
		expect(host.requests).toHaveLength(1);
	});

	test('that fills the disk half way is not taken for one that broke off', async () => {
		// Like a connection's: endless for the moment, and ended at once by its destruction.
		const source = new Readable({
			read() {
				this.push(Buffer.alloc(65_536));
			},
		});
		const host = virtualHost(() => ({ kind: 'stream', status: 200, headers: {}, stream: source }));
		host.saveFile = async (given) => {
			const noSpace = Object.assign(new Error('no space'), { code: 'ENOSPC' });
			// As n8n does: the failing end of a pipeline destroys its source.
			const full = new Writable({ write: (_chunk, _encoding, done) => done(noSpace) });
			await pipeline(given, full);
			return 'never';
		};
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).rejects.toMatchObject({
			message: 'The result file could not be stored',
			details: { advice: expect.stringContaining('ENOSPC') },
		});
		expect(host.requests).toHaveLength(1);
	});
});
