import { createClient } from '../../../nodes/core/http/client';
import { attachFile, directLimitBytes } from '../../../nodes/core/files/attach';
import { uploadFile } from '../../../nodes/core/files/upload';
import type { HttpResult, SourceFile } from '../../../nodes/core/host';
import { submitJob } from '../../../nodes/core/jobs/submit';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: ['k'] });

const rule = { label: 'Audio or Video', parameter: 'file', extensions: ['mp3', 'ogg', 'wav'] };

const file = (name: string, size: number, mimeType = 'audio/mpeg'): SourceFile => ({
	name,
	mimeType,
	size,
	read: async () => await Promise.resolve(new Uint8Array(size)),
	open: async () => await Promise.resolve(new Uint8Array(size)),
});

const link = json(200, {
	upload_url: 'https://storage.test/put?X-Amz-Signature=abc',
	download_url: 'https://storage.test/get?X-Amz-Signature=def',
});

/** An API with an upload link and a storage. */
const storage = (put: HttpResult = json(200, '')): VirtualHost =>
	virtualHost((request) => {
		if (request.method === 'PUT') return put;
		if (request.url.endsWith('/upload')) return link;
		return json(200, { process_id: 'p' });
	});

describe('an input file', () => {
	test('of exactly 8 MB is part of the call', async () => {
		const host = storage();
		const body = await attachFile(clientOf(host), { language: 'en', n: 2, f: true }, rule, {
			kind: 'binary',
			file: file('talk.mp3', directLimitBytes),
		});
		expect(directLimitBytes).toBe(8_388_608);
		expect(body.carriesFile).toBe(true);
		await expect(body.create()).resolves.toMatchObject({
			kind: 'form',
			fields: { language: 'en', n: '2', f: 'true' },
			file: { parameter: 'file', name: 'talk.mp3', mimeType: 'audio/mpeg' },
		});
		expect(host.requests).toHaveLength(0);
	});

	test('overrides a value of the same name, and null is left out, as in JSON', async () => {
		const inputs = { language: null, file: 'https://a.test/b.mp3', n: 0 };
		const body = await attachFile(clientOf(storage()), inputs, rule, {
			kind: 'binary',
			file: file('talk.mp3', 9),
		});
		expect(await body.create()).toHaveProperty('fields', { n: '0' });
	});

	test('of one byte more is sent by an upload link, with its exact length and without the key', async () => {
		const host = storage();
		const body = await host.run(
			attachFile(clientOf(host), { language: 'en' }, rule, {
				kind: 'binary',
				file: file('talk.mp3', directLimitBytes + 1),
			}),
		);
		expect(await body.create()).toEqual({
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

	test('given as a URL is passed on unchanged', async () => {
		const body = await attachFile(clientOf(storage()), {}, rule, {
			kind: 'url',
			url: ' https://example.test/talk.mp3?x=1 ',
		});
		expect(await body.create()).toEqual({
			kind: 'json',
			value: { file: 'https://example.test/talk.mp3?x=1' },
		});
	});

	test.each([
		'https://example.test/download?id=4',
		'https://example.test/talk.MP3',
		'http://h/x.php',
	])('%s is accepted as the URL of a recording', async (url) => {
		await expect(
			attachFile(clientOf(storage()), {}, rule, { kind: 'url', url }),
		).resolves.toBeDefined();
	});

	test.each(['', 'talk.mp3', 'ftp://example.test/talk.mp3', 'https://example.test/scan.pdf'])(
		'%j is rejected as a URL',
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
	])(
		'%s (%s) is rejected with the supported formats before anything is sent',
		async (name, mimeType) => {
			const host = storage();
			const refused = attachFile(clientOf(host), {}, rule, {
				kind: 'binary',
				file: file(name, 10, mimeType),
			});
			await expect(refused).rejects.toMatchObject({ name: 'MonsterApiError' });
			if (name === 'scan.pdf') {
				await expect(refused).rejects.toMatchObject({
					details: { advice: "Supported formats of 'Audio or Video': mp3, ogg, wav." },
				});
			}
			expect(host.requests).toHaveLength(0);
		},
	);

	test.each([
		['voice.oga', 'audio/ogg', 'voice.oga.ogg'],
		['voice', 'audio/x-wav', 'voice.wav'],
		['dir/sub\\Ä "quoted" 🎤.mp3', 'audio/mpeg', 'Ä "quoted" 🎤.mp3'],
	])('%s (%s) is sent as %s', async (name, mimeType, expected) => {
		const body = await attachFile(clientOf(storage()), {}, rule, {
			kind: 'binary',
			file: file(name, 10, mimeType),
		});
		await expect(body.create()).resolves.toMatchObject({ file: { name: expected } });
	});

	test('an empty file is rejected', async () => {
		await expect(
			attachFile(clientOf(storage()), {}, rule, { kind: 'binary', file: file('a.mp3', 0) }),
		).rejects.toThrow('is empty');
	});

	test('an upload is retried with a fresh stream, and its error contains no link', async () => {
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

	test('each attempt has its own link, requested when it starts', async () => {
		const puts: string[] = [];
		let links = 0;
		const host = virtualHost((request) => {
			if (request.method === 'PUT') {
				puts.push(request.url);
				return json(puts.length === 1 ? 403 : 200, '');
			}
			links += 1;
			const url = `https://storage.test/${links}`;
			return json(200, { upload_url: `${url}?put`, download_url: `${url}?get` });
		});
		const uploaded = await host.run(uploadFile(clientOf(host), file('a.mp3', 20)));
		expect(puts).toEqual(['https://storage.test/1?put', 'https://storage.test/2?put']);
		expect(uploaded.downloadUrl).toBe('https://storage.test/2?get');
	});

	test('a hundred slow uploads all arrive: no link expires in the queue', async () => {
		const host = virtualHost(async (request, self) => {
			if (request.method !== 'PUT') {
				const url = `https://storage.test/${self.now()}`;
				return json(200, { upload_url: url, download_url: url });
			}
			const age = self.now() - Number(request.url.split('/').pop());
			if (age > 1_800_000) return json(403, '');
			await self.sleep(90_000, self.signal);
			return json(200, '');
		});
		const client = clientOf(host);
		const uploads = Array.from({ length: 100 }, () => uploadFile(client, file('a.mp3', 9e6)));
		await expect(host.run(Promise.all(uploads))).resolves.toHaveLength(100);
		expect(host.requests.filter(({ request }) => request.method === 'PUT')).toHaveLength(100);
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
