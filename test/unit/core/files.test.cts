import { Readable } from 'node:stream';

import { createClient } from '../../../nodes/core/api/client';
import { attachFile, directLimitBytes } from '../../../nodes/core/files/attach';
import { downloadFile } from '../../../nodes/core/files/download';
import {
	extensionOf,
	extensionOfMime,
	mimeFor,
	nameWithExtension,
	safeFileName,
} from '../../../nodes/core/files/names';
import { uploadFile } from '../../../nodes/core/files/upload';
import type { Exchange, SourceFile } from '../../../nodes/core/host';
import { downloadOutputs, submitJob } from '../../../nodes/core/jobs/run';
import { fault, json, virtualHost, type VirtualHost } from '../fakes/virtual-host.cjs';

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: ['k'] });

const rule = { label: 'Audio or Video', parameter: 'file', extensions: ['mp3', 'ogg', 'wav'] };

const file = (name: string, size: number, mimeType = 'audio/mpeg'): SourceFile => ({
	name,
	mimeType,
	size,
	read: async () => await Promise.resolve(new Uint8Array(size)),
	open: async () => await Promise.resolve(new Uint8Array(0)),
});

const link = json(200, {
	upload_url: 'https://storage.test/put?X-Amz-Signature=abc',
	download_url: 'https://storage.test/get?X-Amz-Signature=def',
});

/** An API with an upload link and a storage. */
const storage = (put: Exchange = json(200, '')): VirtualHost =>
	virtualHost((request) => {
		if (request.method === 'PUT') return put;
		if (request.url.endsWith('/upload')) return link;
		return json(200, { process_id: 'p' });
	});

describe('a file going in', () => {
	test('of exactly 8 MB goes within the call', async () => {
		const host = storage();
		const body = await attachFile(clientOf(host), { language: 'en', n: 2, f: true }, rule, {
			kind: 'binary',
			file: file('talk.mp3', directLimitBytes),
		});
		expect(directLimitBytes).toBe(8_388_608);
		expect(body.carriesFile).toBe(true);
		await expect(body.make()).resolves.toMatchObject({
			kind: 'form',
			fields: { language: 'en', n: '2', f: 'true' },
			file: { parameter: 'file', name: 'talk.mp3', mimeType: 'audio/mpeg' },
		});
		expect(host.requests).toHaveLength(0);
	});

	test('of one byte more goes by an upload link, with its exact length and without the key', async () => {
		const host = storage();
		const body = await host.run(
			attachFile(clientOf(host), { language: 'en' }, rule, {
				kind: 'binary',
				file: file('talk.mp3', directLimitBytes + 1),
			}),
		);
		expect(await body.make()).toEqual({
			kind: 'json',
			value: { language: 'en', file: 'https://storage.test/get?X-Amz-Signature=def' },
		});
		const [ask, put] = host.requests.map(({ request }) => request);
		expect(ask).toMatchObject({
			method: 'GET',
			query: { filename: 'talk.mp3' },
			authenticated: true,
		});
		expect(put).toMatchObject({
			method: 'PUT',
			authenticated: false,
			body: { kind: 'file', size: directLimitBytes + 1 },
		});
	});

	test('given as a URL goes as it is', async () => {
		const body = await attachFile(clientOf(storage()), {}, rule, {
			kind: 'url',
			url: ' https://example.test/talk.mp3?x=1 ',
		});
		expect(await body.make()).toEqual({
			kind: 'json',
			value: { file: 'https://example.test/talk.mp3?x=1' },
		});
	});

	test.each([
		'https://example.test/download?id=4',
		'https://example.test/talk.MP3',
		'http://h/x.php',
	])('%s is a URL that may be a recording', async (url) => {
		await expect(
			attachFile(clientOf(storage()), {}, rule, { kind: 'url', url }),
		).resolves.toBeDefined();
	});

	test.each(['', 'talk.mp3', 'ftp://example.test/talk.mp3', 'https://example.test/scan.pdf'])(
		'%j is refused as a URL',
		async (url) => {
			await expect(
				attachFile(clientOf(storage()), {}, rule, { kind: 'url', url }),
			).rejects.toMatchObject({ name: 'MonsterApiError' });
		},
	);

	test.each([
		['scan.pdf', 'application/pdf'],
		['scan.pdf', 'audio/mpeg'],
		['noextension', 'application/octet-stream'],
	])('%s (%s) is refused before anything is sent, with the list', async (name, mimeType) => {
		const host = storage();
		const refused = attachFile(clientOf(host), {}, rule, {
			kind: 'binary',
			file: file(name, 10, mimeType),
		});
		await expect(refused).rejects.toMatchObject({ name: 'MonsterApiError' });
		if (name === 'scan.pdf') {
			await expect(refused).rejects.toMatchObject({
				details: { advice: 'Audio or Video takes mp3, ogg, wav.' },
			});
		}
		expect(host.requests).toHaveLength(0);
	});

	test.each([
		['voice.oga', 'audio/ogg', 'voice.oga.ogg'],
		['voice', 'audio/x-wav', 'voice.wav'],
		['dir/sub\\Ä "quoted" 🎤.mp3', 'audio/mpeg', 'Ä "quoted" 🎤.mp3'],
	])('%s (%s) goes as %s', async (name, mimeType, expected) => {
		const body = await attachFile(clientOf(storage()), {}, rule, {
			kind: 'binary',
			file: file(name, 10, mimeType),
		});
		await expect(body.make()).resolves.toMatchObject({ file: { name: expected } });
	});

	test('an empty file is refused', async () => {
		await expect(
			attachFile(clientOf(storage()), {}, rule, { kind: 'binary', file: file('a.mp3', 0) }),
		).rejects.toThrow('is empty');
	});

	test('an upload is retried with a fresh stream, and its failure names no link', async () => {
		let opened = 0;
		const source = {
			...file('a.bin', 20),
			open: async () => await Promise.resolve(new Uint8Array(++opened)),
		};
		const host = storage(fault('ECONNRESET', 'maybe'));
		const error: unknown = await host
			.run(uploadFile(clientOf(host), source))
			.catch((caught: unknown) => caught);
		expect(opened).toBe(3);
		expect(JSON.stringify([String(error), error])).not.toContain('Signature');
	});

	test('a job whose upload fails is never submitted', async () => {
		const host = storage(json(403, '<Error><Code>AccessDenied</Code></Error>'));
		const submitted = host.run(
			submitJob(
				clientOf(host),
				{
					model: 'whisper',
					inputs: {},
					file: { rule, source: { kind: 'binary', file: file('a.mp3', 9e6) } },
				},
				60_000,
			),
		);
		await expect(submitted).rejects.toMatchObject({ details: { status: 403 } });
		expect(host.requests.every(({ request }) => request.method !== 'POST')).toBe(true);
	});
});

const stream = (chunks: string[], headers: Record<string, string>, breaks?: Error): Exchange => ({
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

const refusal = (status: number): Exchange => ({
	kind: 'stream',
	status,
	headers: {},
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

	test.each<[string, () => Exchange]>([
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

	test('that stands still for a minute is ended and tried again', async () => {
		const still = new Readable({ read: () => undefined });
		const host = virtualHost((_request, { requests }) =>
			requests.length === 1 ? { kind: 'stream', status: 200, headers: {}, stream: still } : good(),
		);
		await expect(host.run(downloadFile(clientOf(host), url, 'p_0'))).resolves.toBe('p_0.png');
		expect(still.destroyed).toBe(true);
		expect(host.requests[1]?.at).toBeGreaterThanOrEqual(60_000);
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
});

describe('names', () => {
	test.each([
		['a/b\\c.txt', 'c.txt'],
		['\u0000evil\n.txt', 'evil.txt'],
		['', ''],
		[`${'ä'.repeat(300)}.mp3`, `${'ä'.repeat(196)}.mp3`],
	])('%j is made safe', (given, safe) => expect(safeFileName(given)).toBe(safe));

	test('extensions and types are found', () => {
		expect(extensionOf('.hidden')).toBe('');
		expect(extensionOf('a.tar.GZ')).toBe('gz');
		expect(extensionOfMime('image/jpeg; q=1')).toBe('jpg');
		expect(extensionOfMime('__proto__')).toBeUndefined();
		expect(mimeFor('a.mp3', '')).toBe('audio/mpeg');
		expect(mimeFor('a.mp3', 'audio/x-own')).toBe('audio/x-own');
		expect(nameWithExtension('talk', 'audio/mpeg')).toBe('talk.mp3');
		expect(nameWithExtension('talk', 'x/y')).toBeUndefined();
		expect(nameWithExtension('', 'image/png')).toBe('file.png');
	});
});
