import { Readable } from 'node:stream';

import { generateWithDeployment } from '../../../nodes/core/api/generate';
import { putFile } from '../../../nodes/core/api/upload';
import { downloadFile } from '../../../nodes/core/files/download';
import type { HttpResult } from '../../../nodes/core/host';
import { isPrivateUrl } from '../../../nodes/core/http/addressPolicy';
import { createClient } from '../../../nodes/core/http/client';
import { json, virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

test.each([
	['http://localhost:5678/x', true],
	['http://127.0.0.1/x', true],
	['http://[::1]:5678/x', true],
	['http://10.1.2.3/x', true],
	['http://192.168.0.4/x', true],
	['http://172.20.0.1/x', true],
	['http://172.32.0.1/x', false],
	['http://n8n/x', true],
	['http://n8n.local/x', true],
	['http://[fd00::1]/x', true],
	['https://n8n.example.com/x', false],
	['https://1.2.3.4/x', false],
	['nonsense', false],
	// Spellings of 127.0.0.1
	['http://2130706433/', true],
	['http://0x7f000001/', true],
	['http://0177.0.0.1/', true],
	['http://127.1/', true],
	['http://127.0.0.1./', true],
	['http://public.test@127.0.0.1/', true],
	['http://１２７.0.0.1/', true],
	['http:\\\\127.0.0.1\\x', true],
	['http://[::ffff:127.0.0.1]/', true],
	['http://[::ffff:0:127.0.0.1]/', true],
	['http://[::127.0.0.1]/', true],
	['http://[64:ff9b::127.0.0.1]/', true],
	['http://[2002:7f00:1::]/', true],
	['http://[0:0:0:0:0:0:0:1]/', true],
	['http://[::]/', true],
	// Names
	['http://localhost./', true],
	['http://LOCALHOST/', true],
	['http://a.b.localhost/', true],
	['http://metadata.google.internal/', true],
	['http://instance-data/', true],
	['http://router.lan/', true],
	// Further private ranges
	['http://0.0.0.0/', true],
	['http://100.100.100.200/', true],
	['http://169.254.169.254/latest/meta-data/', true],
	['http://172.16.0.1/', true],
	['http://172.31.255.255/', true],
	['http://192.0.0.192/', true],
	['http://198.18.0.1/', true],
	['http://224.0.0.1/', true],
	['http://255.255.255.255/', true],
	['http://[fe80::1]/', true],
	['http://[febf::1]/', true],
	['http://[fec0::1]/', true],
	['http://[fd00:ec2::254]/', true],
	['http://[ff02::1]/', true],
	['http://[64:ff9b:1::1]/', true],
	['http://[100::1]/', true],
	['http://[2001::1]/', true],
	// Public neighbours
	['http://100.63.0.1/', false],
	['http://100.128.0.1/', false],
	['http://172.15.0.1/', false],
	['http://169.253.0.1/', false],
	['http://192.1.0.1/', false],
	['http://198.20.0.1/', false],
	['http://223.255.255.255/', false],
	['http://[2606:4700::1111]/', false],
	['http://[64:ff9b::1.2.3.4]/', false],
	['http://[::ffff:1.2.3.4]/', false],
	['https://local.example.com/', false],
	['https://10.example.com/', false],
])('%s is private: %p', (url, expected) => expect(isPrivateUrl(url)).toBe(expected));

const publicBase = 'https://api.test/v1';
const metadata = 'http://169.254.169.254/latest/meta-data/';

const file = (status = 200, headers: Record<string, string> = {}): HttpResult => ({
	kind: 'stream',
	status,
	headers,
	stream: Readable.from([Buffer.from('abc')]),
});

const sendTo = async (
	kind: 'result' | 'upload' | 'deployment',
	url: string,
	respond: Responder,
	baseUrl = publicBase,
) => {
	const host = virtualHost(respond);
	const client = createClient(host, { baseUrl, secrets: ['k'] });
	const calls = {
		result: () => downloadFile(client, url, 'p_0'),
		upload: () =>
			putFile(client, {
				name: 'a.mp3',
				mimeType: 'audio/mpeg',
				size: 3,
				read: async () => Buffer.from('abc'),
				open: async () => Buffer.from('abc'),
			}),
		deployment: () =>
			generateWithDeployment(
				client,
				{ url, token: 't', allowInvalidCertificate: false },
				{},
				60_000,
			),
	};
	const outcome = await host.run(
		calls[kind]().then(
			() => 'sent',
			(error: unknown) => error,
		),
	);
	return { outcome, urls: host.requests.map(({ request }) => request.url) };
};

describe('with a public base URL nothing is sent to a private address', () => {
	test.each(['result', 'deployment'] as const)('of a %s', async (kind) => {
		const { outcome, urls } = await sendTo(kind, metadata, () => file());
		expect(outcome).toMatchObject({
			message: expect.stringMatching(/^The address of the .* is in a private network$/),
			details: { retryable: false },
		});
		expect(urls).toEqual([]);
	});

	test('of an upload', async () => {
		const link = json(200, { upload_url: metadata, download_url: 'https://s.test/a.mp3' });
		const { outcome, urls } = await sendTo('upload', '', () => link);
		expect(outcome).toMatchObject({ message: expect.stringMatching(/private network$/) });
		expect(urls).toEqual([`${publicBase}/upload`]);
	});

	test.each([301, 302, 303, 307, 308])('that a redirect with %d leads to', async (status) => {
		const { outcome, urls } = await sendTo('result', 'https://s.test/a', (_request, { requests }) =>
			file(status, { location: requests.length === 1 ? 'https://t.test/b' : metadata }),
		);
		expect(outcome).toMatchObject({ message: expect.stringMatching(/private network$/) });
		expect(urls).toEqual(['https://s.test/a', 'https://t.test/b']);
	});

	test('nor to anything but http', async () => {
		const { outcome } = await sendTo('result', 'https://s.test/a', () =>
			file(302, { location: 'file:///etc/passwd' }),
		);
		expect(outcome).toMatchObject({ message: expect.stringMatching(/not a web address$/) });
	});
});

test('with a base URL in the own network, results may be there too', async () => {
	const own = 'http://192.168.1.5/a.png';
	const { outcome, urls } = await sendTo('result', own, () => file(), 'http://gateway.lan:8080/v1');
	expect(outcome).toBe('sent');
	expect(urls).toEqual([own]);
});

describe('redirects of a download', () => {
	test('are followed, relative ones too, within the time of one attempt', async () => {
		const host = virtualHost(async (request, self) => {
			await self.sleep(10_000, self.signal);
			return request.url.endsWith('/c') ? file() : file(302, { location: '/c' });
		});
		const client = createClient(host, { baseUrl: publicBase, secrets: [] });
		await host.run(downloadFile(client, 'https://s.test/a/b', 'p_0'));
		expect(host.requests.map(({ request: { url, timeoutMs } }) => [url, timeoutMs])).toEqual([
			['https://s.test/a/b', 30_000],
			['https://s.test/c', 20_000],
		]);
	});

	test('in a circle end after five', async () => {
		const { outcome, urls } = await sendTo('result', 'https://s.test/a', () =>
			file(302, { location: '/a' }),
		);
		expect(outcome).toMatchObject({ message: 'The result file was redirected too often' });
		expect(urls).toHaveLength(6);
	});

	test('without an address are an answer of the storage', async () => {
		const { outcome } = await sendTo('result', 'https://s.test/a', () => file(302));
		expect(outcome).toMatchObject({ details: { status: 302 } });
	});
});

describe('the address of a deployment', () => {
	test.each([
		['https://d.test/?x=', 'more than a host and a path'],
		['https://d.test/#', 'more than a host and a path'],
		['https://me:pw@d.test', 'more than a host and a path'],
		['http://d.test', 'not encrypted'],
	])('%s is refused: %s', async (url, reason) => {
		const { outcome, urls } = await sendTo('deployment', url, () => json(200, { text: ['x'] }));
		expect(outcome).toMatchObject({ message: expect.stringContaining(reason) });
		expect(urls).toEqual([]);
	});

	test('may be http where the API is http, too', async () => {
		const respond = () => json(200, { text: ['x'] });
		expect((await sendTo('deployment', 'http://d.test', respond, 'http://api.test')).outcome).toBe(
			'sent',
		);
		expect((await sendTo('deployment', 'https://d.test/a', respond)).urls).toEqual([
			'https://d.test/a/generate',
		]);
	});
});
