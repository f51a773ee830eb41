import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

import { CredentialTestContext } from 'n8n-core';
import type { INodeCredentialTestResult } from 'n8n-workflow';

import { listen } from '../support/engine/callbacks.cjs';
import { nodeType } from '../support/engine/contexts.cjs';
import { loadPackage, logLines } from '../support/engine/engine.cjs';
import { apiKey, useSession } from '../support/engine/session.cjs';

const session = useSession();

/** Tests a credential as n8n's editor does. */
async function testOf(
	form: Record<string, string>,
	node = 'monsterApi',
): Promise<INodeCredentialTestResult> {
	const { description, methods } = await nodeType(node);
	const by = description.credentials?.[0]?.testedBy;
	const method = typeof by === 'string' ? methods?.credentialTest?.[by] : undefined;
	if (method === undefined) throw new Error(`${node} tests no credential`);
	const credential = { id: '1', name: 'Mine', type: 'monsterApi', data: form };
	return await method.call(new CredentialTestContext(), credential);
}

/** A web server that answers everything in one way. */
async function answering<T>(
	answer: { status?: number; body: string; type?: string },
	use: (origin: string) => Promise<T>,
): Promise<T> {
	const server = createServer((_request, response) => {
		response
			.writeHead(answer.status ?? 200, { 'Content-Type': answer.type ?? 'text/html' })
			.end(answer.body);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	try {
		return await use(`http://127.0.0.1:${address.port}`);
	} finally {
		server.close();
	}
}

describe.each(['monsterApi', 'monsterApiTrigger'])('the test of the credential, by %s', (node) => {
	test('passes with the right key, however it was pasted', async () => {
		const { origin, baseUrl } = session.emulator;
		for (const form of [
			{ apiKey, baseUrl },
			{ apiKey: ` Bearer ${apiKey}\u200b\n`, baseUrl: ` ${origin}//v1/ ` },
		]) {
			expect(await testOf(form, node)).toEqual({
				status: 'OK',
				message: 'MonsterAPI accepted the API key',
			});
		}
		expect(session.calls()).toEqual(['GET /v1/upload', 'GET /v1/upload']);
	});

	test('fails with a wrong key', async () => {
		const { baseUrl } = session.emulator;
		const { status, message } = await testOf({ apiKey: 'another-key', baseUrl }, node);
		expect(status).toBe('Error');
		expect(message).toMatch(/^MonsterAPI did not accept the API key\. Check the API key/);
		expect(message).not.toContain('another-key');
	});
});

describe('the test of the credential fails', () => {
	test.each([
		['a page', { body: '<html>n8n</html>' }],
		['nothing', { body: '' }],
		['a text', { body: 'OK', type: 'text/plain' }],
		['JSON of another kind', { body: '{"status":"ok"}', type: 'application/json' }],
		['a JSON list', { body: '[]', type: 'application/json' }],
		['a 404 page', { status: 404, body: '<html>' }],
		['a log-in page', { status: 401, body: '<html>' }],
	])('where a web server answers with %s', async (_name, answer) => {
		await answering(answer, async (origin) => {
			const result = await testOf({ apiKey, baseUrl: `${origin}/v1` });
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(
				/answers, but there is no MonsterAPI at http:.*Check the base/,
			);
		});
	});

	test('and says that /v1 is missing', async () => {
		await answering(
			{ status: 404, body: '{"message":"Not found"}', type: 'application/json' },
			async (origin) => {
				const { status, message } = await testOf({ apiKey, baseUrl: origin });
				expect([status, message]).toEqual(['Error', expect.stringContaining(`try ${origin}/v1.`)]);
			},
		);
	});

	test('where a redirect would take the key elsewhere', async () => {
		await answering({ status: 302, body: '' }, async (origin) => {
			const { message } = await testOf({ apiKey, baseUrl: `${origin}/v1` });
			expect(message).toMatch(/redirect/);
		});
	});

	test.each<[string, string, RegExp]>([
		['a closed port', 'http://127.0.0.1:9/v1', /^Nothing answers at 127\.0\.0\.1:9\./],
		[
			'an unknown host',
			'http://no-such-host.invalid/v1',
			/^The host no-such-host\.invalid is unknown/,
		],
		['no scheme', '127.0.0.1:4020/v1', /does not start with https:\/\/ or http:\/\//],
	])('with %s', async (_name, baseUrl, text) => {
		const { status, message } = await testOf({ apiKey, baseUrl });
		expect([status, message]).toEqual(['Error', expect.stringMatching(text)]);
	});

	test('where HTTPS meets HTTP', async () => {
		const baseUrl = session.emulator.baseUrl.replace('http:', 'https:');
		const { status, message } = await testOf({ apiKey, baseUrl });
		expect([status, message]).toEqual(['Error', expect.stringMatching(/does not speak HTTPS/)]);
	});
});

describe('a key that was pasted with more than itself', () => {
	const pasted = `Bearer ${apiKey}\u200b\n`;
	const write = {
		resource: 'model',
		operation: 'generateText',
		model: 'falcon-7b-instruct',
		prompt: 'Hello',
	};

	test('works, and neither form of it is shown', async () => {
		const credential = { apiKey: pasted, baseUrl: `${session.emulator.origin}//v1/` };
		const { items, error } = await session.run(write, { credential });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		session.emulator.state.faults.push({
			method: 'POST',
			status: 403,
			body: { message: `No credits for ${pasted} or ${apiKey}!` },
		});
		const refused = await session.run(write, { credential });
		expect(refused.error?.description).toContain('No credits for …');
		expect(JSON.stringify([refused, logLines])).not.toContain(apiKey);
	});

	test('is sent normalised by the HTTP Request node too', async () => {
		const way = (await loadPackage()).credentialTypes['monsterApi']?.type.authenticate;
		if (typeof way !== 'function') throw new Error('The credential does not authenticate in code');
		const options = { url: 'https://api.test/v1/x', headers: { Accept: 'x' } };
		expect(await way({ apiKey: pasted, baseUrl: 'x' }, options)).toEqual({
			...options,
			headers: { Accept: 'x', Authorization: `Bearer ${apiKey}` },
		});
	});

	test('gives a trigger the same token, so that correcting the key ends no callback', async () => {
		const urls: string[] = [];
		for (const key of [apiKey, pasted]) {
			const listener = await listen({
				credential: { apiKey: key, baseUrl: session.emulator.baseUrl },
				parameters: { webhookName: 'mine' },
				settings: { webhookId: 'same-hook' },
			});
			await listener.hook('create');
			await listener.close();
			urls.push(session.emulator.state.webhooks.get('mine')?.webhook_url ?? '');
		}
		const [first, second] = urls.map((url) => new URL(url).searchParams.get('token'));
		expect(first).toMatch(/^[\w-]{43}$/);
		expect(second).toBe(first);
	});
});

test('closed ports are closed', async () => {
	const socket = connect(9, '127.0.0.1');
	const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
	expect(error.code).toBe('ECONNREFUSED');
});
