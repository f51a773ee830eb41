import { Readable } from 'node:stream';

import { downloadFile } from '../../../nodes/core/files/download';
import { uploadFile } from '../../../nodes/core/files/upload';
import type { HttpRequest, HttpResult, SourceFile } from '../../../nodes/core/host';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const minute = 60_000;
const never = new AbortController().signal;
const link = json(200, { upload_url: 'https://s.test/put', download_url: 'https://s.test/get' });

const sourceFile = (
	size: number,
	open: SourceFile['open'] = async () => await Promise.resolve(new Uint8Array(size)),
): SourceFile => ({
	name: 'talk.mp3',
	mimeType: 'audio/mpeg',
	size,
	read: async () => await Promise.resolve(new Uint8Array(size)),
	open,
});

/** What the host answers once its request has been aborted. */
const aborted = async ({ signal }: HttpRequest): Promise<HttpResult> =>
	await new Promise((resolve) => {
		signal.addEventListener('abort', () => resolve({ kind: 'cancelled' }), { once: true });
	});

/** Takes so many bytes every ten seconds. */
async function take(host: VirtualHost, { body, signal }: HttpRequest, bytesPerTick: number) {
	if (body?.kind !== 'file' || body.content instanceof Uint8Array) throw new Error('no chunks');
	let taken = 0;
	let total = 0;
	for await (const chunk of body.content) {
		if (signal.aborted) return total;
		total += chunk.length;
		for (taken += chunk.length; taken >= bytesPerTick; taken -= bytesPerTick) {
			await host.sleep(10_000, signal).catch(() => undefined);
		}
	}
	return total;
}

const isPut = ({ method }: HttpRequest) => method === 'PUT';
const puts = (host: VirtualHost) => host.requests.filter(({ request }) => isPut(request));

describe('an upload', () => {
	test('to a storage that takes nothing is given up within minutes', async () => {
		const host = virtualHost((request) => (isPut(request) ? aborted(request) : link));
		const upload = uploadFile(clientOf(host), sourceFile(20_000_000));
		await expect(host.run(upload)).rejects.toThrow('The connection to the file storage broke off');
		expect(puts(host)).toHaveLength(3);
		expect(host.now()).toBeLessThan(4 * minute);
		expect(host.pending()).toBe(0);
	});

	test.each([
		['bytes in memory', undefined],
		['a stream', async () => await Promise.resolve(Readable.from([Buffer.alloc(500_000)]))],
	])('to a storage that never answers after the last byte is given up: %s', async (_name, open) => {
		const host = virtualHost(async (request, self) => {
			if (!isPut(request)) return link;
			await take(self, request, 1_000_000);
			return await aborted(request);
		});
		const upload = uploadFile(clientOf(host), sourceFile(500_000, open));
		await expect(host.run(upload)).rejects.toThrow('broke off');
		expect(puts(host)).toHaveLength(3);
		expect(host.now()).toBeLessThan(7 * minute);
	});

	test('to a storage that trickles is given up', async () => {
		const host = virtualHost(async (request, self) => {
			if (!isPut(request)) return link;
			// 3 kB a second.
			await take(self, request, 30_000);
			return request.signal.aborted ? { kind: 'cancelled' } : json(200, '');
		});
		const upload = uploadFile(clientOf(host), sourceFile(20_000_000));
		await expect(host.run(upload)).rejects.toThrow('broke off');
		expect(host.now()).toBeLessThan(10 * minute);
	});

	test('that is slow but steady goes through, whole and once', async () => {
		let total = 0;
		const host = virtualHost(async (request, self) => {
			if (!isPut(request)) return link;
			// 15 kB a second: 22 minutes.
			total = await take(self, request, 150_000);
			await self.sleep(50_000, request.signal);
			return json(200, '');
		});
		await host.run(uploadFile(clientOf(host), sourceFile(20_000_000)));
		expect(total).toBe(20_000_000);
		expect(puts(host)).toHaveLength(1);
		expect(host.now()).toBeGreaterThan(20 * minute);
		expect(host.pending()).toBe(0);
	});

	test('still ends with the execution', async () => {
		const host = virtualHost((request) => (isPut(request) ? aborted(request) : link));
		host.at(5_000, () => host.stop());
		const upload = uploadFile(clientOf(host), sourceFile(20_000_000));
		await expect(host.run(upload)).rejects.toMatchObject({ name: 'CancelledError' });
		expect(host.now()).toBe(5_000);
	});
});

describe('a download', () => {
	const url = 'https://f.test/a.png';

	/** Sends so many bytes every ten seconds, so many times. */
	const sending =
		(bytes: number, times: number) =>
		(_request: HttpRequest, host: VirtualHost): HttpResult => ({
			kind: 'stream',
			status: 200,
			headers: {},
			stream: Readable.from(
				(async function* () {
					for (let sent = 0; sent < times; sent++) {
						await host.sleep(10_000, never);
						yield Buffer.alloc(bytes);
					}
				})(),
			),
		});

	test('that trickles is given up, and fetched again', async () => {
		const host = virtualHost(sending(1, Infinity));
		await expect(host.run(downloadFile(clientOf(host), url, 'a'))).rejects.toThrow(
			'The result file broke off',
		);
		expect(host.requests).toHaveLength(4);
		expect(host.now()).toBeLessThan(6 * minute);
	});

	test('that is slow but steady is stored', async () => {
		const host = virtualHost(sending(50_000, 400));
		await expect(host.run(downloadFile(clientOf(host), url, 'a'))).resolves.toBe('a.png');
		expect(host.requests).toHaveLength(1);
		expect(host.now()).toBeGreaterThan(60 * minute);
	});
});
