import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { extensionOf, safeFileName } from '../../src/files/file-name.mts';
import { FileTooLargeError, fileSize, Storage } from '../../src/files/storage.mts';
import { LinkSigner } from '../../src/files/upload-links.mts';

describe('file names', () => {
	const cases: [string, string][] = [
		['talk.mp3', 'talk.mp3'],
		['my talk (1).mp3', 'my talk (1).mp3'],
		['Größe.wav', 'Größe.wav'],
		['../../etc/passwd', 'passwd'],
		['..\\..\\boot.ini', 'boot.ini'],
		['/', 'file'],
		['..', 'file'],
		['.htaccess', 'htaccess'],
		['a\u0000b\n.wav', 'a_b_.wav'],
		['a"; rm -rf.wav', 'a__ rm -rf.wav'],
		['', 'file'],
	];
	for (const [given, expected] of cases) {
		it(JSON.stringify(given), () => {
			assert.equal(safeFileName(given), expected);
			assert.equal(safeFileName(expected), expected, 'a safe name stays as it is');
		});
	}

	it('are shortened without losing the extension', () => {
		const name = safeFileName(`${'a'.repeat(500)}.wav`);
		assert.equal(name.length, 120);
		assert.equal(extensionOf(name), 'wav');
	});
});

describe('the storage', () => {
	const withStorage = async (body: (storage: Storage, folder: string) => Promise<void>) => {
		const folder = mkdtempSync(join(tmpdir(), 'gateway-files-'));
		try {
			await body(new Storage(folder), folder);
		} finally {
			rmSync(folder, { recursive: true });
		}
	};

	it('has a path only for names of its own form', async () =>
		await withStorage(async (storage, folder) => {
			const token = Storage.newToken();
			assert.equal(
				storage.path('results', token, 'a.png'),
				join(folder, 'files/results', token, 'a.png'),
			);
			for (const name of ['../a.png', '..', '.', '', 'a/b.png', 'a\\b.png', '.a', 'a\u0000.png']) {
				assert.equal(storage.path('results', token, name), undefined, name);
			}
			for (const owner of ['..', '.', '', 'short', '../../../../../../etc', `${token}/..`]) {
				assert.equal(storage.path('results', owner, 'a.png'), undefined, owner);
			}
		}));

	it('shows a file when it is complete, and nothing of one that is too large', async () =>
		await withStorage(async (storage) => {
			const path = await storage.prepare('uploads', Storage.newToken(), 'a.wav');
			assert.equal(await storage.write(path, Readable.from([Buffer.alloc(10)]), 10), 10);
			assert.equal(await fileSize(path), 10);
			const other = await storage.prepare('uploads', Storage.newToken(), 'b.wav');
			await assert.rejects(
				storage.write(other, Readable.from([Buffer.alloc(11)]), 10),
				FileTooLargeError,
			);
			assert.deepEqual(readdirSync(join(other, '..')), []);
		}));

	it('shares a file so that it outlives the first name', async () =>
		await withStorage(async (storage) => {
			const token = Storage.newToken();
			const path = await storage.prepare('uploads', token, 'a.wav');
			await storage.write(path, Readable.from([Buffer.from('abc')]), 10);
			const input = await storage.prepare(
				'inputs',
				'3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42',
				'a.wav',
			);
			await storage.share(path, input);
			await storage.share(path, input);
			await storage.remove('uploads', token);
			assert.equal(await fileSize(input), 3);
		}));
});

describe('upload links', () => {
	const signer = new LinkSigner('secret', 1_800_000);

	it('are read back, whatever host the client knew the gateway by', () => {
		const { download_url: link } = signer.create('http://127.0.0.1:4020', 'my talk.mp3');
		const url = new URL(link);
		const ref = signer.readDownloadLink(url);
		assert.equal(ref?.name, 'my talk.mp3');
		url.host = 'gateway.internal:80';
		assert.deepEqual(signer.readDownloadLink(url), ref);
	});

	it('of other gateways, for uploads, or changed, are not', () => {
		const { download_url: get, upload_url: put } = signer.create('http://x', 'a.wav');
		assert.equal(new LinkSigner('other', 1).readDownloadLink(new URL(get)), undefined);
		assert.equal(signer.readDownloadLink(new URL(put)), undefined);
		assert.equal(signer.readDownloadLink(new URL(get.replace('a.wav', 'b.wav'))), undefined);
		assert.equal(signer.readDownloadLink(new URL('http://x/files/uploads/a/b.wav')), undefined);
		assert.equal(signer.readDownloadLink(new URL('http://x/other.wav')), undefined);
	});

	it('end after their time', () => {
		const { download_url: link } = new LinkSigner('secret', -1).create('http://x', 'a.wav');
		assert.equal(signer.readDownloadLink(new URL(link)), undefined);
	});

	it('are never the same twice', () => {
		const links = new Set(
			Array.from({ length: 100 }, () => signer.create('http://x', 'a.wav').upload_url),
		);
		assert.equal(links.size, 100);
	});
});
