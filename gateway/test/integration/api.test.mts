import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { stringAt } from '../../src/engines/json.mts';
import { catalogue } from '../../src/models/catalogue.mts';
import { suiteCleanup } from '../support/cleanup.mts';
import { otherKey, startTestGateway, type TestGateway, testKey } from '../support/gateway.mts';

/** Inputs that the contract accepts, for each family. */
const minimal: Record<string, object> = {
	text: { prompt: 'Hello' },
	image: { prompt: 'A boat' },
	'image-edit': { prompt: 'A boat', init_image_url: '' },
	transcription: { file: '' },
	speech: { prompt: 'Hello' },
};

describe('the API with the emulated engine', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});

	const upload = async (name: string, content: string | Uint8Array): Promise<string> => {
		const { body } = await gateway.call('GET', `/v1/upload?filename=${encodeURIComponent(name)}`);
		const put = await fetch(String(body['upload_url']), { method: 'PUT', body: content });
		assert.equal(put.status, 200);
		return String(body['download_url']);
	};

	for (const [model, { family }] of Object.entries(catalogue)) {
		it(`${model}: from acceptance to result`, async () => {
			const inputs: Record<string, unknown> = { ...minimal[family] };
			const fileInput = family === 'transcription' ? 'file' : 'init_image_url';
			if (fileInput in inputs) {
				inputs[fileInput] = await upload(fileInput === 'file' ? 'a.wav' : 'a.png', 'content');
			}
			const answer = await gateway.call('POST', `/v1/generate/${model}`, inputs);
			assert.equal(answer.status, 200, JSON.stringify(answer.body));
			assert.equal(answer.body['message'], 'Request Accepted Successfully');
			assert.equal(answer.body['status_url'], `${gateway.url}/v1/status/${answer.body.process_id}`);
			const ended = await gateway.result(String(answer.body.process_id));
			assert.equal(ended.status, 'COMPLETED', JSON.stringify(ended));
			const { result } = ended;
			assert.ok(
				result?.notes?.some((note) => /emulated/i.test(note)),
				'emulated work says so',
			);
			const isFile = family.startsWith('image') || family === 'speech';
			if (!isFile) return assert.equal(typeof result?.text, 'string');
			const file = await fetch(result?.output?.[0] ?? '');
			assert.equal(file.status, 200);
			assert.match(
				file.headers.get('content-type') ?? '',
				family === 'speech' ? /^audio/ : /^image/,
			);
		});
	}

	it('takes multipart with everything as text, as the Python client sends it', async () => {
		const boundary = '---011000010111000001101001';
		const part = (name: string, value: string) =>
			`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
		const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="talk.wav"\r\nContent-Type: audio/x-wav\r\n\r\nRIFF\r\n`;
		const body = `${part('diarize', 'False')}${part('beam_size', '5')}${part('num_speakers', 'None')}${part('language', 'en')}${part('prompt', 'None')}${file}--${boundary}--\r\n`;
		const response = await fetch(`${gateway.url}/v1/generate/whisper`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${testKey}`,
				'content-type': `multipart/form-data; boundary=${boundary}`,
			},
			body,
		});
		assert.equal(response.status, 200, await response.clone().text());
		const processId = stringAt(await response.json(), 'process_id') ?? '';
		assert.equal((await gateway.result(processId)).status, 'COMPLETED');
	});

	it('accepts a key without "Bearer", and POST on the status', async () => {
		const id = await gateway.submit('zephyr-7b-beta', { prompt: 'x' });
		const response = await fetch(`${gateway.url}/v1/status/${id}`, {
			method: 'POST',
			headers: { authorization: testKey },
		});
		assert.equal(response.status, 200);
	});

	const refusals: [string, string, string, unknown, number, RegExp][] = [
		[
			'an input out of range',
			'POST',
			'/v1/generate/txt2img',
			{ prompt: 'x', samples: 5 },
			400,
			/samples/,
		],
		['a missing prompt', 'POST', '/v1/generate/txt2img', { samples: 1 }, 400, /prompt/],
		[
			'a file of a wrong kind',
			'POST',
			'/v1/generate/whisper',
			{ file: 'http://example.org/a.exe' },
			415,
			/Unsupported Media/,
		],
		['a file that is not a URL', 'POST', '/v1/generate/whisper', { file: 'hello' }, 400, /file/],
		[
			'an unknown webhook',
			'POST',
			'/v1/generate/txt2img?webhook_url_name=nobody',
			{ prompt: 'x' },
			400,
			/nobody/,
		],
		['an unknown model', 'POST', '/v1/generate/no-such', { prompt: 'x' }, 404, /models/],
		[
			'an unknown process',
			'GET',
			'/v1/status/3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42',
			undefined,
			404,
			/No process/,
		],
		['a process id that is none', 'GET', "/v1/status/x';--", undefined, 404, /No process/],
		[
			'an upload without an extension',
			'GET',
			'/v1/upload?filename=talk',
			undefined,
			400,
			/extension/,
		],
		['an upload without a name', 'GET', '/v1/upload', undefined, 400, /filename/],
		['deployments', 'GET', '/v1/deploy/status/1', undefined, 404, /not offer deployments/],
		['an unknown path', 'GET', '/v1/nothing', undefined, 404, /Not found/],
	];
	for (const [what, method, path, body, status, message] of refusals) {
		it(`refuses ${what} with ${status}`, async () => {
			const answer = await gateway.call(method, path, body);
			assert.equal(answer.status, status, JSON.stringify(answer.body));
			assert.match(String(answer.body.message), message);
		});
	}

	it('refuses malformed JSON with 400 and other bodies with 415', async () => {
		const send = async (type: string, body: string) =>
			await fetch(`${gateway.url}/v1/generate/txt2img`, {
				method: 'POST',
				headers: { authorization: `Bearer ${testKey}`, 'content-type': type },
				body,
			});
		assert.equal((await send('application/json', '{"prompt":')).status, 400);
		assert.equal((await send('application/json', '[1]')).status, 400);
		assert.equal((await send('application/x-www-form-urlencoded', 'prompt=x')).status, 415);
	});

	it('answers 401 in the same form everywhere below /v1', async () => {
		for (const path of [
			'/v1/status/x',
			'/v1/upload?filename=a.mp3',
			'/v1/models',
			'/v1/webhook',
			'/v1/nothing',
		]) {
			const answer = await gateway.call('GET', path, undefined, 'wrong-key');
			assert.deepEqual([answer.status, answer.body], [401, { message: 'Unauthorised' }], path);
		}
	});

	it('shows a job to the key that submitted it only', async () => {
		const id = await gateway.submit('zephyr-7b-beta', { prompt: 'secret' });
		assert.equal((await gateway.call('GET', `/v1/status/${id}`)).status, 200);
		assert.equal((await gateway.call('GET', `/v1/status/${id}`, undefined, otherKey)).status, 404);
	});

	it('lists its models', async () => {
		const { body } = await gateway.call('GET', '/v1/models');
		const data: unknown = body['data'];
		assert.ok(Array.isArray(data));
		assert.equal(data.length, 17);
		assert.deepEqual(
			data.find((model) => stringAt(model, 'id') === 'whisper'),
			{
				id: 'whisper',
				object: 'model',
				family: 'transcription',
				label: 'Whisper',
			},
		);
	});

	it('is healthy, ready and measured without a key', async () => {
		const get = async (path: string) => await fetch(`${gateway.url}${path}`);
		assert.equal((await get('/healthz')).status, 200);
		assert.equal((await get('/readyz')).status, 200);
		const text = await (await get('/metrics')).text();
		assert.match(text, /gateway_jobs_ended_total\{model="whisper",state="COMPLETED"\} [1-9]/);
		assert.match(text, /gateway_engine_up\{engine="emulated"\} 1/);
	});

	it('writes process ids into its log, and never a key', () => {
		const text = JSON.stringify(gateway.logs);
		assert.match(text, /"msg":"job accepted"/);
		assert.match(text, /"processId":"[0-9a-f-]{36}"/);
		assert.ok(!text.includes(testKey));
	});
});
