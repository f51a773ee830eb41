/* The vendor's own npm client, version 0.0.5, as it was published: only the host that it is sent to differs. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import { isObject } from '../../src/engines/json.mts';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, testKey, type TestGateway } from '../support/gateway.mts';

interface OfficialClient {
	apiUrl: string;
	/** Every request of the client goes through it. */
	fetch: (this: OfficialClient, url: string, options: object) => Promise<unknown>;
	generate(model: string, data: object): Promise<Record<string, unknown>>;
	get_response(model: string, data: object): Promise<Record<string, unknown>>;
	get_status(processId: string): Promise<Record<string, unknown>>;
	wait_and_get_result(processId: string, timeout?: number): Promise<Record<string, unknown>>;
	uploadFile(file: File): Promise<string>;
}

const published: unknown = createRequire(import.meta.url)('monsterapi');
assert.ok(isPublished(published));
const { default: OfficialClient } = published;

/** What its README says of it. */
function isPublished(
	value: unknown,
): value is { readonly default: new (apiKey: string) => OfficialClient } {
	return isObject(value) && typeof value['default'] === 'function';
}

describe('the official npm client', () => {
	let gateway: TestGateway;
	const cleanup = suiteCleanup();
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});

	function clientWith(key: string): OfficialClient {
		const client = new OfficialClient(key);
		client.apiUrl = `${gateway.url}/v1`;
		// The address of uploads is fixed in the client.
		const { fetch } = client;
		client.fetch = (url, options) =>
			fetch.call(client, url.replace('https://api.monsterapi.ai', gateway.url), options);
		return client;
	}

	it('generates a text', async () => {
		const inputs = { prompt: 'Why?', temp: 0.5, max_length: 20 };
		const result = await clientWith(testKey).generate('llama2-7b-chat', inputs);
		assert.match(String(result['text']), /\[emulated\] llama2-7b-chat was asked: Why\?/);
	});

	it('generates images, with booleans as text as the vendor’s samples send them', async () => {
		const inputs = { prompt: 'a cat', samples: 2, safe_filter: 'true', enhance: 'false' };
		const { output } = await clientWith(testKey).generate('sdxl-base', inputs);
		assert.ok(Array.isArray(output));
		assert.equal(output.length, 2);
		const picture = await fetch(String(output[0]));
		assert.equal(picture.headers.get('content-type'), 'image/png');
	});

	it('uploads a recording and has it transcribed', async () => {
		const client = clientWith(testKey);
		const sound = new Uint8Array(emulatedSound({ prompt: 'one two three' }));
		const url = await client.uploadFile(new File([sound], 'talk.wav', { type: 'audio/wav' }));
		const { text } = await client.generate('whisper', { file: url, language: 'en' });
		assert.match(String(text), new RegExp(`It was a file of ${sound.length} bytes`));
	});

	it('goes the way in steps', async () => {
		const client = clientWith(testKey);
		const accepted = await client.get_response('sunoai-bark', { prompt: 'Hello.' });
		assert.deepEqual(Object.keys(accepted).sort(), [
			'callback_url',
			'message',
			'process_id',
			'status_url',
			'webhook_url',
		]);
		const id = String(accepted['process_id']);
		const { output } = await client.wait_and_get_result(id, 30);
		assert.ok(Array.isArray(output));
		const status = await client.get_status(id);
		assert.equal(status['status'], 'COMPLETED');
		assert.equal(typeof status['credit_used'], 'number');
	});

	it('is told what is wrong in the way that it understands', async () => {
		await assert.rejects(
			clientWith('not-a-key').generate('txt2img', { prompt: 'x' }),
			/Request failed with status code 401/,
		);
		await assert.rejects(
			clientWith(testKey).generate('txt2img', {}),
			/Request failed with status code 400/,
		);
		const file = `${gateway.url}/files/nothing/there.wav`;
		await assert.rejects(
			clientWith(testKey).generate('whisper', { file }),
			/Process .* failed: .*404/,
		);
	});
});

describe('the official Python client', () => {
	let gateway: TestGateway;
	const cleanup = suiteCleanup();
	before(async () => {
		gateway = await startTestGateway(cleanup);
	});

	/* Its fixed boundary, every value as text, what is not set as the word None. */
	const boundary = '---011000010111000001101001';

	async function generate(model: string, fields: Record<string, string>, file?: string) {
		const parts = Object.entries(fields).map(
			([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
		);
		if (file !== undefined) {
			const [name, type] = file === 'file' ? ['talk.wav', 'audio/x-wav'] : ['in.png', 'image/png'];
			parts.push(
				`Content-Disposition: form-data; name="${file}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\nbytes`,
			);
		}
		const body = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
		const response = await fetch(`${gateway.url}/v1/generate/${model}`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${testKey}`,
				'content-type': `multipart/form-data; boundary=${boundary}`,
			},
			body,
		});
		const text = await response.text();
		assert.equal(response.status, 200, text);
		const [, id = ''] = /"process_id":"([^"]+)"/.exec(text) ?? [];
		return await gateway.result(id);
	}

	const calls: readonly [model: string, fields: Record<string, string>, file?: string][] = [
		[
			'llama2-7b-chat',
			{ prompt: 'Why?', top_k: '10', top_p: '0.5', temp: '0.9', max_length: '256', beam_size: '1' },
		],
		[
			'sdxl-base',
			{
				prompt: 'a cat',
				negprompt: 'None',
				samples: '1',
				steps: '30',
				aspect_ratio: 'square',
				guidance_scale: '7.5',
				seed: 'None',
			},
		],
		[
			'photo-maker',
			{ prompt: 'a cat', samples: '1', steps: '30', strength: '30', safe_filter: 'True' },
			'init_image_url',
		],
		// Its name for wave_temp is wrong.
		[
			'sunoai-bark',
			{
				prompt: 'Hello.',
				sample_rate: '25000',
				speaker: 'None',
				text_temp: '0.5',
				waveform_temp: '0.5',
			},
		],
		[
			'whisper',
			{
				transcription_format: 'text',
				diarize: 'False',
				num_speakers: '2',
				language: 'en',
				prompt: 'None',
				remove_silence: 'False',
			},
			'file',
		],
	];
	for (const [model, fields, file] of calls) {
		it(`${model}, as it sends it`, async () => {
			const { status, result } = await generate(model, fields, file);
			assert.equal(status, 'COMPLETED', JSON.stringify(result));
			assert.ok('text' in (result ?? {}) || 'output' in (result ?? {}));
		});
	}
});
