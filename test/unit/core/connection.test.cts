import { findConnectionFault } from '../../../nodes/core/api/connection';
import type { HttpRequest, HttpResult } from '../../../nodes/core/host';
import { fault, json } from '../../support/fakes/virtual-host.cjs';

const link = { upload_url: 'https://s.test/up?X=1', download_url: 'https://s.test/down' };
const test1 = { apiKey: 'Bearer the-key-1', baseUrl: 'https://api.test//v1/' };

async function testWith(answer: HttpResult, form: object = test1) {
	const sent: Array<{ request: HttpRequest; apiKey: string }> = [];
	const message = await findConnectionFault(form, async (request, apiKey) => {
		sent.push({ request, apiKey });
		return await Promise.resolve(answer);
	});
	return { message, sent };
}

test('passes only with an upload link, asked for as the node asks', async () => {
	const { message, sent } = await testWith(json(200, link));
	expect(message).toBeUndefined();
	expect(sent).toMatchObject([
		{ apiKey: 'the-key-1', request: { url: 'https://api.test/v1/upload', method: 'GET' } },
	]);
});

test.each<[string, HttpResult, RegExp]>([
	[
		'a web page',
		json(200, '<html>'),
		/api\.test answers, but there is no MonsterAPI at https:\/\/api\.test\/v1/,
	],
	['an empty page', json(200, ''), /there is no MonsterAPI/],
	['another JSON API', json(200, { ok: true }), /there is no MonsterAPI/],
	['a list', json(200, [link]), /there is no MonsterAPI/],
	['links that are none', json(200, { upload_url: 'x', download_url: 'y' }), /no MonsterAPI/],
	['a 404 page', json(404, '<html>'), /there is no MonsterAPI/],
	['a 404', json(404, { detail: 'Not Found' }), /there is no MonsterAPI/],
	['a log-in page', json(401, '<html>'), /there is no MonsterAPI/],
	[
		'a refused key',
		json(401, { message: 'No the-key-1' }),
		/did not accept the API key.*dashboard.*--new-key/,
	],
	['a redirect', json(301, '<html>'), /redirect/],
	['a rate limit', json(429, {}), /rate limit/],
	['an outage', json(503, '<html>'), /could not process the request\..*Try again later/],
	['an unknown host', fault('ENOTFOUND', 'no'), /The host api\.test is unknown/],
	['a closed port', fault('ECONNREFUSED', 'no'), /Nothing answers at api\.test/],
	['silence', fault('ETIMEDOUT', 'maybe'), /did not answer in time/],
	['no route', fault('EHOSTUNREACH', 'no'), /cannot be reached from n8n/],
	['a bad certificate', fault('CERT_HAS_EXPIRED', 'no', false), /certificate of api\.test/],
	['no TLS', fault('EPROTO', 'no', false), /does not speak HTTPS/],
	['a blocked address', fault('SsrfBlockedIpError', 'no', false), /does not allow/],
	['a broken connection', fault('ECONNRESET', 'maybe'), /broke off/],
])('%s is explained', async (_name, answer, text) => {
	const { message } = await testWith(answer);
	expect(message).toMatch(text);
	expect(message).not.toContain('the-key-1');
});

test('the address that a new credential begins with no longer answers', async () => {
	const baseUrl = 'https://api.monsterapi.ai/v1';
	const { message } = await testWith(fault('ENOTFOUND', 'no'), { ...test1, baseUrl });
	expect(message).toMatch(/hosted service.*gateway, such as http:\/\/127\.0\.0\.1:4020\/v1/);
});

test.each<[object, RegExp]>([
	[{}, /base URL .* is empty/],
	[{ ...test1, baseUrl: 'api.test/v1' }, /does not start with https/],
	[{ ...test1, apiKey: ' ' }, /API key .* is empty\. Copy it/],
])('what cannot be sent is not sent: %j', async (form, text) => {
	const { message, sent } = await testWith(json(200, link), form);
	expect(message).toMatch(text);
	expect(sent).toEqual([]);
});

test.each<[string, HttpResult]>([
	['a page', json(200, '<html>')],
	['the gateway’s 404', json(404, { message: 'Not found' })],
])('%s without /v1 says that it is missing', async (_name, answer) => {
	const { message } = await testWith(answer, { ...test1, baseUrl: 'http://127.0.0.1:4020' });
	expect(message).toMatch(/usually ends with \/v1: try http:\/\/127\.0\.0\.1:4020\/v1\./);
});
