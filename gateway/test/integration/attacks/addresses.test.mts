import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, beforeEach, describe, it, mock } from 'node:test';
import fastify from 'fastify';
import { suiteCleanup } from '../../support/cleanup.mts';
import { emulateEverything, startTestGateway, type TestGateway } from '../../support/gateway.mts';

/** Neither registered as a webhook nor fetched as a file. */
async function assertNotContacted(gateway: TestGateway, url: string): Promise<void> {
	const webhook = await gateway.call('POST', '/v1/webhook', { url_name: 'x', webhook_url: url });
	assert.equal(webhook.status, 400, JSON.stringify(webhook.body));
	const job = await gateway.call('POST', '/v1/generate/whisper', { file: url });
	// Letters that are not ASCII belong in no URL.
	if (job.status === 400) return;
	const ended = await gateway.result(String(job.body.process_id));
	assert.equal(ended.status, 'FAILED');
	assert.match(String(ended.result?.errorMessage), /address|not supported/);
}

/** Link-local, metadata services, and what is neither public nor private. */
const never = [
	'http://169.254.169.254/a.wav',
	'http://169.254.169.254./a.wav',
	'http://2852039166/a.wav',
	'http://0xa9fea9fe/a.wav',
	'http://0xA9.0xFE.0xA9.0xFE/a.wav',
	'http://0251.0376.0251.0376/a.wav',
	'http://169.254.43518/a.wav',
	'http://%31%36%39.254.169.254/a.wav',
	'http://１６９.254.169.254/a.wav',
	'http://169。254。169。254/a.wav',
	'http://[::ffff:169.254.169.254]/a.wav',
	'http://[::ffff:a9fe:a9fe]/a.wav',
	'http://[0:0:0:0:0:ffff:a9fe:a9fe]/a.wav',
	'http://[::169.254.169.254]/a.wav',
	'http://[::ffff:0:169.254.169.254]/a.wav',
	'http://[64:ff9b::169.254.169.254]/a.wav',
	'http://[64:ff9b:1::169.254.169.254]/a.wav',
	'http://[2002:a9fe:a9fe::1]/a.wav',
	'http://[2001:0:a9fe:a9fe::1]/a.wav',
	'http://[fe80::1]/a.wav',
	'http://[febf::1]/a.wav',
	'http://[fd00:ec2::254]/a.wav',
	'http://[fec0::1]/a.wav',
	'http://100.100.100.200/a.wav',
	'http://168.63.129.16/a.wav',
	'http://192.0.0.192/a.wav',
	'http://0.0.0.0/a.wav',
	'http://0/a.wav',
	'http://[::]/a.wav',
	'http://224.0.0.1/a.wav',
	'http://[ff02::1]/a.wav',
	'http://255.255.255.255/a.wav',
	'http://240.0.0.1/a.wav',
	'http://user:pass@example.org/a.wav',
	'http://example.org@169.254.169.254/a.wav',
	'http://link-local.test/a.wav',
	'http://LINK-LOCAL.test./a.wav',
	'http://mixed.test/a.wav',
];

const privately = [
	'http://127.0.0.1/a.wav',
	'http://127.0.0.1./a.wav',
	'http://127.1/a.wav',
	'http://2130706433/a.wav',
	'http://0x7f000001/a.wav',
	'http://0x7f.1/a.wav',
	'http://0177.0.0.1/a.wav',
	'http://017700000001/a.wav',
	'http://localhost/a.wav',
	'http://LOCALHOST./a.wav',
	'http://[::1]/a.wav',
	'http://[::ffff:127.0.0.1]/a.wav',
	'http://[::ffff:7f00:1]/a.wav',
	'http://[64:ff9b::7f00:1]/a.wav',
	'http://[2002:7f00:1::]/a.wav',
	'http://[::127.0.0.1]/a.wav',
	'http://10.0.0.1/a.wav',
	'http://172.16.0.1/a.wav',
	'http://192.168.1.1/a.wav',
	'http://100.64.0.1/a.wav',
	'http://[fc00::1]/a.wav',
	'http://private.test/a.wav',
];

const hosts: Readonly<Record<string, readonly string[]>> = {
	'link-local.test': ['169.254.169.254'],
	'private.test': ['10.1.2.3'],
	// One of them is enough: a client chooses by itself.
	'mixed.test': ['93.184.215.14', 'fe80::1'],
};
const lookUp = dns.lookup;
const answered: string[] = [];

before(() => {
	mock.method(dns, 'lookup', async (host: string, options: object) => {
		answered.push(host);
		const found = hosts[host.toLowerCase()];
		if (found === undefined) return await lookUp(host, { ...options, all: true });
		return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
	});
	syncBuiltinESMExports();
});
after(() => {
	mock.restoreAll();
	syncBuiltinESMExports();
});
beforeEach(() => void answered.splice(0));

describe('addresses that clients name', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup, {
			config: { ...emulateEverything, allowPrivateAddresses: false },
		});
	});

	for (const url of [...never, ...privately]) {
		it(`${url} is not contacted, as a webhook or as a file`, async () => {
			await assertNotContacted(gateway, url);
		});
	}

	it('other protocols are refused', async () => {
		for (const url of [
			'file:///etc/passwd',
			'ftp://example.org/a.wav',
			'gopher://127.0.0.1/',
			'data:audio/wav;base64,AA==',
			'javascript:alert(1)',
		]) {
			const file = await gateway.call('POST', '/v1/generate/whisper', { file: url });
			assert.equal(file.status, 400, url);
			const webhook = { url_name: 'x', webhook_url: url };
			assert.equal((await gateway.call('POST', '/v1/webhook', webhook)).status, 400, url);
		}
	});
});

describe('where private addresses are allowed', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let server: string;
	before(async () => {
		gateway = await startTestGateway(cleanup, {
			config: { ...emulateEverything, allowPrivateAddresses: true },
		});
		const app = fastify();
		app.get('/to', async (request, reply) => {
			const { location = '' } = Object.fromEntries(new URLSearchParams(request.url.split('?')[1]));
			return await reply.redirect(location).send();
		});
		app.get('/loop', async (_request, reply) => await reply.redirect('/loop').send());
		app.get('/a.wav', async (_request, reply) => await reply.type('audio/wav').send('RIFF'));
		server = await app.listen({ host: '127.0.0.1', port: 0 });
		cleanup.after(async () => await app.close());
	});

	for (const url of never) {
		it(`${url} is not contacted all the same`, async () => {
			await assertNotContacted(gateway, url);
		});
	}

	const fetched = async (file: string) =>
		await gateway.result(await gateway.submit('whisper', { file }));

	it('a file there is fetched, by a redirect as well', async () => {
		assert.equal((await fetched(`${server}/a.wav`)).status, 'COMPLETED');
		assert.equal((await fetched(`${server}/to?location=/a.wav`)).status, 'COMPLETED');
	});

	const redirects: [string, RegExp][] = [
		['http://169.254.169.254/latest/meta-data/', /never contacted/],
		['http://link-local.test/', /never contacted/],
		['//[::ffff:169.254.169.254]/', /never contacted/],
		['file:///etc/passwd', /file: URLs are not supported/],
		['http://user:pass@127.0.0.1/', /user name/],
		['http://[', /no URL/],
		['/loop', /more than 5 times/],
	];
	for (const [location, message] of redirects) {
		it(`a redirect to ${location} is not followed`, async () => {
			const ended = await fetched(`${server}/to?location=${encodeURIComponent(location)}`);
			assert.equal(ended.status, 'FAILED');
			assert.match(String(ended.result?.errorMessage), message);
		});
	}

	it('a host is looked up once, so that a second answer cannot differ from the one checked', async () => {
		const { port } = new URL(server);
		await fetched(`http://localhost:${port}/a.wav`);
		assert.deepEqual(answered, ['localhost']);
	});
});
