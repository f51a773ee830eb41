import { Readable } from 'node:stream';

import { downloadFile, storeFile } from '../../../nodes/core/files/download';
import type { Headers, HttpResult } from '../../../nodes/core/host';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const url = 'https://f.test/a.png';
/** An image of six bytes, as the beginning of one. */
const image = 'data:image/png;base64,iVBORw0K';
const diskFull = Object.assign(new Error('no space'), { code: 'ENOSPC' });
const brokenOff = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

const file = (content: string, headers: Headers = {}, failure?: Error): HttpResult => ({
	kind: 'stream',
	status: 200,
	headers,
	stream: Readable.from(
		(async function* () {
			yield await Promise.resolve(Buffer.from(content));
			if (failure) throw failure;
		})(),
	),
});

const download = async (host: VirtualHost, maxBytes?: number, address = url): Promise<unknown> =>
	await host.run(
		downloadFile(clientOf(host), address, 'p_0', maxBytes).catch((error: unknown) => error),
	);

/** A host whose storage fails, after having read the stream or not. */
const failing = (answer: () => HttpResult, reason: unknown, reads = true): VirtualHost => {
	const host = virtualHost(answer);
	const save = host.saveFile;
	host.saveFile = async (content, label) => {
		if (reads) await save(content, label).catch(() => undefined);
		throw reason;
	};
	return host;
};

describe('a result file', () => {
	test('is requested as a stream from another host, and leaves nothing running', async () => {
		const host = virtualHost(() => file('abcdef'));
		expect(await download(host)).toBe('a.png');
		expect(host.requests[0]?.request).toMatchObject({
			method: 'GET',
			url,
			answer: 'stream',
			timeoutMs: 30_000,
			authenticated: false,
		});
		expect(host.pending()).toBe(0);
	});

	test.each<[string, Headers, string]>([
		['has the name and type of its URL', {}, 'a.png image/png 6'],
		['has the type of its headers', { 'content-type': 'image/webp' }, 'a.png image/webp 6'],
	])('%s', async (_name, headers, saved) => {
		const host = virtualHost(() => file('abcdef', headers));
		await download(host);
		expect(host.saved).toEqual([saved]);
	});

	test('without a name or a type keeps the name that it is given', async () => {
		const host = virtualHost(() => file('abcdef'));
		await download(host, undefined, 'https://f.test/');
		expect(host.saved).toEqual(['p_0 application/octet-stream 6']);
	});

	test.each(['6', '06', '5', '1e3', '0x10', '-7', '7 bytes', ' 7', ''])(
		'of six bytes with a length of %j is whole',
		async (length) => {
			const host = virtualHost(() => file('abcdef', { 'content-length': length }));
			expect(await download(host)).toBe('a.png');
			expect(host.requests).toHaveLength(1);
		},
	);

	test.each(['7', '12'])('of six bytes with a length of %j is incomplete', async (length) => {
		const host = virtualHost(() => file('abcdef', { 'content-length': length }));
		expect(await download(host)).toMatchObject({
			message: `The result file broke off after 6 of ${length} bytes`,
		});
		expect(host.requests).toHaveLength(4);
	});

	test('that is compressed may have any length', async () => {
		const headers = { 'content-length': '12', 'content-encoding': 'gzip' };
		expect(await download(virtualHost(() => file('abcdef', headers)))).toBe('a.png');
		expect(
			await download(
				virtualHost(() => file('abcdef', headers)),
				10,
			),
		).toBe('a.png');
	});

	test.each<[string, Headers, string]>([
		['without a length', {}, 'after 3 bytes'],
		['with one', { 'content-length': '6' }, 'after 3 of 6 bytes'],
		['with one that is no number', { 'content-length': 'six' }, 'after 3 bytes'],
	])('that breaks off says where: %s', async (_name, headers, where) => {
		const host = virtualHost(() => file('abc', headers, brokenOff));
		expect(await download(host)).toMatchObject({
			message: `The result file broke off ${where}`,
			details: { advice: expect.stringContaining('Try again later') },
		});
	});

	test('that is empty says so', async () => {
		expect(await download(virtualHost(() => file('')))).toMatchObject({
			message: 'The result file is empty',
		});
	});

	test('of exactly its limit is stored, also if it says so', async () => {
		for (const headers of [{}, { 'content-length': '6' }]) {
			expect(
				await download(
					virtualHost(() => file('abcdef', headers)),
					6,
				),
			).toBe('a.png');
		}
	});

	test('that says it is larger is not read, and its connection ends', async () => {
		const stream = Readable.from([Buffer.from('abcdef')]);
		const host = virtualHost(() => ({
			kind: 'stream',
			status: 200,
			headers: { 'content-length': '6' },
			stream,
		}));
		let stored = 0;
		host.saveFile = async () => await Promise.resolve(`${++stored}`);
		expect(await download(host, 5)).toMatchObject({
			message: expect.stringMatching(/^The result file is larger than 0\.00000\d+ MB$/),
			details: {
				advice: "Increase 'Max File Size (MB)', or turn 'Download' off to get only its URL.",
				retryable: false,
			},
		});
		expect(stream.destroyed).toBe(true);
		expect(stored).toBe(0);
	});

	test.each<[string, Headers]>([
		['without a length', {}],
		['with a smaller one', { 'content-length': '3' }],
	])('that turns out to be larger is not kept, nor fetched again: %s', async (_name, headers) => {
		const host = virtualHost(() => file('abcdef', headers));
		expect(await download(host, 5)).toMatchObject({
			message: expect.stringContaining('is larger than'),
			details: { retryable: false },
		});
		expect(host.saved).toEqual([]);
		expect(host.requests).toHaveLength(1);
	});

	test('that is a page is fetched again, and then an error', async () => {
		const host = virtualHost(() => file('<html>the-key'));
		expect(await download(host)).toMatchObject({
			message: 'The file storage answered with a web page instead of a file',
		});
		expect(host.requests).toHaveLength(4);
	});
});

describe('a result file that cannot be stored', () => {
	const notStored = (reason: string) => ({
		message: 'The result file could not be stored',
		details: { advice: `n8n could not save its binary data: ${reason}.`, retryable: false },
	});

	test.each<[string, unknown, string]>([
		['a full disk', diskFull, 'ENOSPC'],
		['an error without a code', new Error('no'), 'unknown reason'],
		['an error that is a text', 'no', 'unknown reason'],
		['an error that is an object', { code: 'ENOSPC' }, 'unknown reason'],
		['no error at all', undefined, 'unknown reason'],
	])('says why, once: %s', async (_name, error, reason) => {
		const host = failing(() => file('abcdef'), error);
		expect(await download(host)).toMatchObject(notStored(reason));
		expect(host.requests).toHaveLength(1);
		expect(host.pending()).toBe(0);
	});

	test('does not keep its connection', async () => {
		const stream = Readable.from([Buffer.from('abcdef')]);
		const host = failing(
			() => ({ kind: 'stream', status: 200, headers: {}, stream }),
			diskFull,
			false,
		);
		expect(await download(host)).toMatchObject(notStored('ENOSPC'));
		expect(stream.destroyed).toBe(true);
	});

	test.each<[string, unknown, object, number]>([
		['the disk', diskFull, notStored('ENOSPC'), 1],
		['the connection', brokenOff, { message: 'The result file broke off after 3 bytes' }, 4],
		['something else', new Error('no'), { message: 'The result file broke off after 3 bytes' }, 4],
	])('while its stream fails, because of %s', async (_name, reason, error, requests) => {
		const host = failing(() => file('abc', {}, brokenOff), reason);
		expect(await download(host)).toMatchObject(error);
		expect(host.requests).toHaveLength(requests);
	});
});

describe('a stop', () => {
	const stopping = (save: VirtualHost['saveFile']): VirtualHost => {
		const host = virtualHost(() => file('abcdef'));
		host.saveFile = async (content, label) => {
			host.stop();
			return await save(content, label);
		};
		return host;
	};
	const cancelled = { name: 'CancelledError' };

	test('while a file is stored counts, whatever comes of that', async () => {
		for (const host of [
			stopping(async () => await Promise.resolve('stored')),
			stopping(async () => await Promise.reject(diskFull)),
		]) {
			expect(await download(host, 5)).toMatchObject(cancelled);
			expect(host.requests).toHaveLength(1);
		}
	});

	test('before a file in memory is stored keeps it from being stored', async () => {
		const host = virtualHost(() => file('never'));
		host.stop();
		expect(await download(host, undefined, image)).toMatchObject(cancelled);
		const label = { name: 'a.png', mimeType: 'image/png' };
		await expect(
			host.run(storeFile(clientOf(host), new Uint8Array(3), label)),
		).rejects.toMatchObject(cancelled);
		expect(host.saved).toEqual([]);
	});
});

describe('a file within an answer', () => {
	test('of its limit is stored, and a larger one is not', async () => {
		const host = virtualHost(() => file('never'));
		expect(await download(host, 6, image)).toBe('p_0.png');
		expect(await download(host, 5, image)).toMatchObject({
			message: expect.stringContaining('is larger than'),
		});
		expect(host.saved).toEqual(['p_0.png image/png 6']);
	});

	test.each([
		['data:model/gltf;base64,AAAA', 'p_0 model/gltf 3'],
		['data:audio/x-wav;base64,UklGRgAAAABXQVZF', 'p_0.wav audio/x-wav 12'],
	])('is named by its type: %s', async (address, saved) => {
		const host = virtualHost(() => file('never'));
		await download(host, undefined, address);
		expect(host.saved).toEqual([saved]);
	});

	test('that is none is an error, with what it is', async () => {
		const host = virtualHost(() => file('never'));
		expect(
			await download(host, undefined, 'data:image/png,{"message":"no%20the-key"}'),
		).toMatchObject({
			message: 'The result file within the answer could not be read',
			details: { advice: 'It is JSON (no …).' },
		});
		expect(host.saved).toEqual([]);
	});

	test('that cannot be stored is an error', async () => {
		const host = failing(() => file('never'), diskFull);
		expect(await download(host, undefined, image)).toMatchObject({
			message: 'The result file could not be stored',
			details: { advice: 'n8n could not save its binary data: ENOSPC.' },
		});
	});
});
