import { generate } from '../../../nodes/core/api/generate';
import {
	requireDeploymentId,
	requireModelId,
	requireProcessId,
	requireWebhookName,
} from '../../../nodes/core/api/ids';
import { getUploadLink } from '../../../nodes/core/api/upload';
import { deleteWebhook } from '../../../nodes/core/api/webhooks';
import { requireFileUrl } from '../../../nodes/core/files/accept';
import { attachFile } from '../../../nodes/core/files/attach';
import { mimeFor, safeFileName } from '../../../nodes/core/files/names';
import { createClient } from '../../../nodes/core/http/client';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const odd = [
	'..',
	'.',
	'a/b',
	'%2e%2e',
	'..%2f',
	'a\\b',
	'a b',
	'a?b',
	'a#b',
	'a\nb',
	'a\u202eb',
	'\ud83d',
];

describe('segments of paths', () => {
	test.each(odd)('%j is no ID', (text) => {
		expect(() => requireProcessId(text)).toThrow('The process ID is not a valid MonsterAPI ID');
		expect(() => requireDeploymentId(text)).toThrow('The deployment ID is not a valid');
		expect(() => requireModelId(text)).toThrow('The model is not a valid model ID');
	});

	test.each(['', ' ', '\u200b\n'])('%j is empty', (text) => {
		expect(() => requireProcessId(text)).toThrow('The process ID is empty');
		expect(() => requireModelId(text)).toThrow('The model is empty');
		expect(() => requireWebhookName(text)).toThrow('The webhook name is empty');
	});

	test('IDs lose what copying adds', () => {
		expect(requireProcessId('\ufeff p-1\u200b\n')).toBe('p-1');
		expect(requireModelId(' qwen3:4b\u200b')).toBe('qwen3:4b');
		expect(requireWebhookName('\u200bMeine Wörter 👋\n')).toBe('Meine Wörter 👋');
	});

	test.each(odd.slice(0, 8))('no job is sent to the model %j', async (model) => {
		const host = virtualHost(() => json(200, { process_id: 'p' }));
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		const submission = async () =>
			await generate(client, {
				model,
				body: () => ({ kind: 'json', value: {} }),
				carriesFile: false,
				deadline: 60_000,
			});
		await expect(submission()).rejects.toThrow('not a valid model ID');
		expect(host.requests).toEqual([]);
	});
});

test.each([
	['a\u0000b', 'an invisible character (U+0000)'],
	['a\u202eb', 'an invisible character (U+202E)'],
	['a\nb', 'a line break'],
	['a\ud83d', 'half a character (U+D83D)'],
])('the webhook name %j is refused', (name, what) => {
	expect(() => requireWebhookName(name)).toThrow(`The webhook name contains ${what}`);
});

test('a webhook name has at most 200 characters', () => {
	expect(requireWebhookName('x'.repeat(200))).toHaveLength(200);
	expect(() => requireWebhookName('x'.repeat(201))).toThrow('The webhook name is too long');
});

describe('URLs', () => {
	const rule = { parameter: 'file', label: 'File', extensions: ['mp3'] };
	const read = (url: string) => requireFileUrl(rule, url);

	test.each([
		['https://a.test/x\n.mp3', 'a line break'],
		['https://a.test/\tx.mp3', 'a tab'],
		['https://a.test/my talk.mp3', 'a blank'],
		['https://a.test/x.mp3 https://a.test/y.mp3', 'a blank'],
		['https://a.test/x\u200b.mp3', 'an invisible character (U+200B)'],
		['https://a.test/\ud83d.mp3', 'half a character (U+D83D)'],
	])('%j is refused', (url, what) => {
		expect(() => read(url)).toThrow(`The file URL contains ${what}`);
	});

	test.each([
		'https:a.test/x.mp3',
		'https:\\\\a.test\\x.mp3',
		'https://a.test\\@b.test/',
		'a.test',
	])('%j is no web address', (url) =>
		expect(() => read(url)).toThrow('The file URL is not a web address'),
	);

	test('blanks at the ends are cut off, the rest stays as it is', () => {
		expect(read('\u200b https://a.test/Gespräch%201.mp3?x=ü \n')).toBe(
			'https://a.test/Gespräch%201.mp3?x=ü',
		);
	});
});

describe('file names', () => {
	test.each([
		['..', ''],
		['.', ''],
		['a/..', ''],
		['. . .', ''],
		['ann\u202egpj.exe', 'anngpj.exe'],
		['a\u200b\u2028b\ufeff.png', 'ab.png'],
		['x.png. .', 'x.png'],
		['CON', '_CON'],
		['nul.txt', '_nul.txt'],
		['console.txt', 'console.txt'],
		['com1.png', '_com1.png'],
		['a\ud83d.png', 'a\ufffd.png'],
		['.hidden', '.hidden'],
		['Zoë’s "best" 👋.png', 'Zoë’s "best" 👋.png'],
	])('%j is stored as %j', (path, name) => expect(safeFileName(path)).toBe(name));

	test('a type that cannot be a header is none', () => {
		expect(mimeFor('a.mp3', 'audio/mpeg\r\nX-Injected: 1')).toBe('audio/mpeg');
		expect(mimeFor('a', 'größe')).toBe('application/octet-stream');
		expect(mimeFor('a.png', 'image/png; charset=x')).toBe('image/png');
	});
});

describe('half a character does not swallow the next one', () => {
	test('in a query', async () => {
		const host = virtualHost(() =>
			json(200, { upload_url: 'https://s.test', download_url: 'https://s.test' }),
		);
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		await host.run(getUploadLink(client, 'a\ud83db.mp3'));
		await host.run(deleteWebhook(client, 'a\ud83db'));
		expect(host.requests.map(({ request }) => request.query)).toEqual([
			{ filename: 'a\ufffdb.mp3' },
			{ url_name: 'a\ufffdb' },
		]);
	});

	test('in a field of a form', async () => {
		const host = virtualHost(() => json(200, {}));
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		const bytes = new Uint8Array([1]);
		const file = {
			name: 'a.mp3',
			mimeType: 'audio/mpeg',
			size: 1,
			read: async () => bytes,
			open: async () => bytes,
		};
		const rule = { parameter: 'file', label: 'File', extensions: [] };
		const inputs = { words: ['a\ud83db'] };
		const body = await attachFile(client, inputs, rule, { kind: 'binary', file });
		expect(await body.create()).toMatchObject({ fields: { words: '["a\ufffdb"]' } });
	});
});
