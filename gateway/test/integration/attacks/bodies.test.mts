import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { parseJson, stringAt } from '../../../src/engines/json.mts';
import { isDeeperThan } from '../../../src/http/json-body.mts';
import { suiteCleanup } from '../../support/cleanup.mts';
import { startTestGateway, type TestGateway, testKey } from '../../support/gateway.mts';
import { rawRequest } from '../../support/raw-http.mts';
import { startStandInEngine, textEngineConfig } from '../../support/stand-in-engine.mts';

const text = '/v1/generate/zephyr-7b-beta';
const mebibyte = 1024 * 1024;
const levels = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('bodies', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});

	const send = async (
		path: string,
		body: string | Uint8Array<ArrayBuffer>,
		headers: Record<string, string> = {},
	): Promise<{ status: number; text: string }> => {
		const response = await fetch(`${gateway.url}${path}`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${testKey}`,
				'content-type': 'application/json',
				...headers,
			},
			body,
		});
		return { status: response.status, text: await response.text() };
	};
	const form = (...parts: string[]): [string, Record<string, string>] => [
		`${parts.map((part) => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--b--\r\n`,
		{ 'content-type': 'multipart/form-data; boundary=b' },
	];

	it('over the limit are refused, JSON and files', async () => {
		const json = await gateway.call('POST', text, { prompt: 'x'.repeat(9_000_000) });
		assert.equal(json.status, 413);
		const upload = new FormData();
		upload.set('file', new Blob([new Uint8Array(8 * mebibyte + 1)]), 'a.wav');
		const multipart = await gateway.call('POST', '/v1/generate/whisper', upload);
		assert.equal(multipart.status, 400);
		assert.match(String(multipart.body.message), /upload link/);
	});

	it('of exactly 8 MiB are taken', async () => {
		const upload = new FormData();
		upload.set('file', new Blob([new Uint8Array(8 * mebibyte)]), 'a.wav');
		assert.equal((await gateway.call('POST', '/v1/generate/whisper', upload)).status, 200);
	});

	it('that are compressed are not unpacked', async () => {
		const bomb = JSON.stringify({ prompt: 'x'.repeat(10_000_000) });
		for (const [encoding, body] of [
			['gzip', gzipSync(bomb)],
			['deflate', deflateSync(bomb)],
			['gzip, gzip', gzipSync(gzipSync(bomb))],
		] as const) {
			const answer = await send(text, new Uint8Array(body), { 'content-encoding': encoding });
			assert.equal(answer.status, 400, encoding);
		}
		const { body } = await gateway.call('GET', '/v1/upload?filename=a.wav');
		const packed = new Uint8Array(gzipSync(bomb));
		const headers = { 'content-encoding': 'gzip' };
		await fetch(String(body['upload_url']), { method: 'PUT', body: packed, headers });
		const stored = await (await fetch(String(body['download_url']))).arrayBuffer();
		assert.equal(stored.byteLength, packed.byteLength);
	});

	it('are not read at all without a key', async () => {
		const line = await rawRequest(
			gateway.url,
			'POST /v1/generate/whisper HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 8000000\r\n\r\n',
		);
		assert.match(line, /401/);
	});

	it('with many fields, many files or long texts are refused', async () => {
		const many = new FormData();
		for (let count = 0; count < 200; count += 1) many.set(`field${count}`, 'x');
		assert.equal((await gateway.call('POST', '/v1/generate/txt2img', many)).status, 413);
		const files = new FormData();
		for (let count = 0; count < 20; count += 1) files.set(`file${count}`, new Blob(['x']), 'x.wav');
		assert.equal((await gateway.call('POST', '/v1/generate/whisper', files)).status, 413);
		const long = new FormData();
		// Each is within the limit of one field.
		for (let count = 0; count < 6; count += 1) long.set(`field${count}`, 'x'.repeat(2 * mebibyte));
		long.set('prompt', 'x');
		assert.equal((await gateway.call('POST', text, long)).status, 413);
	});

	it('with reserved names do no harm', async () => {
		const polluted = new FormData();
		polluted.set('__proto__', 'x');
		polluted.set('constructor', 'x');
		polluted.set('prompt', 'x');
		assert.equal((await gateway.call('POST', '/v1/generate/txt2img', polluted)).status, 400);
		for (const body of [
			'{"prompt":"x","__proto__":{"samples":99}}',
			'{"prompt":"x","constructor":{"prototype":{"samples":99}}}',
			String.raw`{"prompt":"x","\u005f_proto__":{"samples":99}}`,
		]) {
			assert.equal((await send('/v1/generate/txt2img', body)).status, 400, body);
		}
		assert.equal(Object.hasOwn(Object.prototype, 'samples'), false);
	});

	it('that name an input twice have one of it, the last', async () => {
		const { status } = await send('/v1/generate/txt2img', '{"prompt":"x","samples":1,"samples":9}');
		assert.equal(status, 400);
		const [body, headers] = form(
			'name="prompt"\r\n\r\nx',
			'name="samples"\r\n\r\n9',
			'name="samples"\r\n\r\n1',
		);
		assert.equal((await send('/v1/generate/txt2img', body, headers)).status, 200);
	});

	it('that are nested deeply are refused, before anybody spends time on them', async () => {
		for (const depth of [101, 5_000, 1_000_000]) {
			for (const [path, body] of [
				[text, `{"prompt":"x","extra":${levels(depth)}}`],
				['/v1/chat/completions', `{"model":"zephyr-7b-beta","messages":${levels(depth)}}`],
				['/v1/webhook', levels(depth)],
			] as const) {
				const answer = await send(path, body);
				assert.equal(answer.status, 400, path);
				assert.match(answer.text, /levels of nesting/);
			}
		}
		const [body, headers] = form(
			`name="extra"\r\nContent-Type: application/json\r\n\r\n${levels(5_000)}`,
			'name="prompt"\r\n\r\nx',
		);
		assert.match((await send(text, body, headers)).text, /'extra' has to be plain text/);
		const shallow = `{"prompt":${JSON.stringify('["\\[{'.repeat(1_000))},"extra":${levels(90)}}`;
		assert.equal((await send(text, shallow)).status, 200);
	});

	it('with characters that no store can hold are taken with others in their place', async () => {
		for (const prompt of [String.raw`a\u0000b`, String.raw`a\ud800b`, String.raw`\udc00`]) {
			const answer = await send(text, `{"prompt":"${prompt}","${prompt}":"${prompt}"}`);
			assert.equal(answer.status, 200, answer.text);
			const processId = stringAt(parseJson(answer.text), 'process_id') ?? '';
			assert.equal((await gateway.result(processId)).status, 'COMPLETED');
		}
	});

	it('and addresses with null characters, or lists in place of a text, are refused', async () => {
		const job = { prompt: 'x' };
		for (const [method, path, body] of [
			['GET', '/v1/webhook?url_name=a%00b', undefined],
			['DELETE', '/v1/webhook?url_name=a%00b', undefined],
			['GET', '/v1/webhook?url_name=a&url_name=b', undefined],
			['POST', `${text}?webhook_url_name=a%00b`, job],
			['POST', `${text}?webhook_url_name=a&webhook_url_name=b`, job],
			['POST', '/v1/webhook', { url_name: 'a\0b', webhook_url: gateway.url }],
			['POST', '/v1/webhook', { url_name: 'a\ud800', webhook_url: gateway.url }],
			['POST', '/v1/webhook', { url_name: 'a', webhook_url: `${gateway.url}/\0` }],
			['GET', '/v1/upload?filename=a.wav&filename=b.wav', undefined],
			['POST', '/v1/chat/completions', { messages: [] }],
		] as const) {
			const answer = await gateway.call(method, path, body);
			assert.equal(answer.status, 400, `${method} ${path}: ${JSON.stringify(answer.body)}`);
		}
		for (const path of ['/v1/status/a%00b', '/v1/generate/a%00b']) {
			assert.equal((await gateway.call('POST', path, job)).status, 404, path);
		}
	});

	it('under huge or countless headers are not read', async () => {
		const head = `POST ${text} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${testKey}\r\n`;
		for (const headers of [
			`x-large: ${'x'.repeat(100_000)}\r\n`,
			'x-many: x\r\n'.repeat(10_000),
			`cookie: ${'a=b;'.repeat(10_000)}\r\n`,
		]) {
			assert.match(await rawRequest(gateway.url, `${head}${headers}\r\n`), /431/);
		}
	});

	it('none of it was an internal error', () => {
		const bad = gateway.logs.filter(({ level }) => Number(level) >= 50);
		assert.deepEqual(bad, []);
	});
});

describe('answers of an engine', () => {
	const cleanup = suiteCleanup();

	it('may hold characters that no store can hold, and end their job once', async () => {
		const engine = await startStandInEngine(cleanup);
		const gateway = await startTestGateway(cleanup, { config: textEngineConfig(engine.url) });
		for (const answer of [{ text: 'a\0b\ud800' }, { status: 400, text: 'no \0 way \udfff' }]) {
			engine.answer = () => answer;
			const runs = engine.prompts.length;
			const ended = await gateway.result(await gateway.submit('zephyr-7b-beta', { prompt: 'x' }));
			assert.match(JSON.stringify(ended.result), /\ufffd/);
			assert.equal(engine.prompts.length - runs, 1);
		}
	});
});

describe('the depth of JSON', () => {
	it('counts brackets outside of strings', () => {
		for (const [json, depth] of [
			['[[{}]]', 3],
			['["[[[["]', 1],
			[String.raw`["\"[[[["]`, 1],
			[String.raw`["\\",[[]]]`, 3],
			[String.raw`["\\\"[[[[", {"a": "\\"}]`, 2],
			['["[[[[', 1],
			['[],[],[]', 1],
		] as const) {
			assert.equal(isDeeperThan(json, depth), false, json);
			assert.equal(isDeeperThan(json, depth - 1), true, json);
		}
	});
});
