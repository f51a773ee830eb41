import FormData from 'form-data';
import http from 'node:http';

import { models } from '../../../emulator/generate/models.cjs';
import { sha256, startSession, until, type Accepted, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

const post = (model: string, body: unknown) =>
	session.api.post<Accepted & { message: string }>(`/generate/${model}`, body);
const onlyJob = () => {
	const [job, ...others] = session.emulator.state.jobs.values();
	expect(others).toEqual([]);
	if (job === undefined) throw new Error('no job was accepted');
	return job;
};

function form(
	fields: Record<string, string>,
	file?: { field: string; name: string; bytes: Buffer },
) {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) data.append(name, value);
	if (file !== undefined) data.append(file.field, file.bytes, { filename: file.name });
	return data;
}

describe('acceptance', () => {
	it('answers in the shape of the documentation', async () => {
		const { status, data } = await post('zephyr-7b-beta', { prompt: 'Hello' });
		expect(status).toBe(200);
		expect(data).toEqual({
			message: 'Request Accepted Successfully',
			process_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
			status_url: `${session.emulator.baseUrl}/status/${data.process_id}`,
			callback_url: '',
			webhook_url: '',
		});
	});

	it.each([...models])('takes %s', async (id, { schema }) => {
		const files = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
			const rule = property['x-file'];
			return rule === undefined ? [] : [[name, `https://example.com/a.${rule.extensions[0]}`]];
		});
		const body = { prompt: 'Hello', ...Object.fromEntries(files) };
		expect((await post(id, body)).status).toBe(200);
	});

	it('knows every model of the contract but the one that makes training data', () => {
		expect(models.size).toBe(17);
	});

	it('takes JSON and multipart alike, with the loose types of the official clients', async () => {
		const loose = {
			prompt: 'A hill',
			samples: '2',
			safe_filter: 'True',
			enhance: 'false',
			seed: 'None',
			style: '',
			unknown_field: 'x',
		};
		await post('sdxl-base', loose);
		await post('sdxl-base', form(loose));
		const jobs = [...session.emulator.state.jobs.values()];
		expect(jobs.map(({ inputs }) => inputs)).toEqual([
			{ prompt: 'A hill', samples: 2, safe_filter: true, enhance: false },
			{ prompt: 'A hill', samples: 2, safe_filter: true, enhance: false },
		]);
	});

	it('takes what the global FormData of the platform sends', async () => {
		const data = new globalThis.FormData();
		data.append('file', new Blob(['sound'], { type: 'audio/mpeg' }), 'talk.mp3');
		data.append('diarize', 'True');
		const answer = await fetch(`${session.emulator.baseUrl}/generate/whisper`, {
			method: 'POST',
			headers: { authorization: 'Bearer k' },
			body: data,
		});
		expect(answer.status).toBe(200);
		expect(onlyJob()).toMatchObject({
			inputs: { diarize: true },
			file: { field: 'file', name: 'talk.mp3', mime: 'audio/mpeg', size: 5 },
		});
	});
});

describe('refusal', () => {
	it.each([
		['zephyr-7b-beta', {}, /^Invalid Payload: prompt is required/],
		['zephyr-7b-beta', { prompt: '' }, /^Invalid Payload: prompt/],
		['zephyr-7b-beta', { prompt: ['a'] }, /^Invalid Payload: prompt/],
		['txt2img', { prompt: 'a', steps: 15 }, /^Invalid Payload: steps must be >= 30/],
		['txt2img', { prompt: 'a', style: 'cubist' }, /^Invalid Payload: .*style/],
		['pix2pix', { prompt: 'a' }, /^Invalid Payload: init_image_url is required/],
		[
			'pix2pix',
			{ prompt: 'a', init_image_url: 'ftp://a/b.png' },
			/init_image_url must be a file or an http/,
		],
		['whisper', {}, /^Invalid Payload: file is required/],
		['whisper', { file: 'None' }, /^Invalid Payload: file must be a file or/],
		['sunoai-bark', { prompt: 'a', voice_clone: 'True' }, /^Invalid Payload: file is required/],
		['sunoai-bark', { prompt: 'a', voice_clone: 'yes' }, /voice_clone must be boolean/],
	])('answers 400 for %s %j', async (model, body, message) => {
		const answer = await post(model, body);
		expect(answer.status).toBe(400);
		expect(answer.data).toEqual({ message: expect.stringMatching(message) });
		expect(session.emulator.state.jobs.size).toBe(0);
	});

	it.each([
		['', 'Payload missing'],
		['{"prompt":', 'Invalid Payload: the body is not JSON'],
		['[]', 'Invalid Payload: the body is not an object'],
		['null', 'Payload missing'],
	])('answers 400 for the JSON text “%s”', async (text, message) => {
		const headers = { 'content-type': 'application/json' };
		const options = { headers, transformRequest: () => text };
		const answer = await session.api.post('/generate/flan-T5', text, options);
		expect([answer.status, answer.data]).toEqual([400, { message }]);
	});

	it.each([
		['whisper', { file: 'https://example.com/a.flac' }],
		['pix2pix', { prompt: 'a', init_image_url: 'https://example.com/a.gif?x=a.png' }],
	])('answers 415 for the link of %s %j', async (model, body) => {
		const answer = await post(model, body);
		expect([answer.status, answer.data]).toEqual([415, { message: 'Unsupported Media' }]);
	});

	it('answers 415 for the name of a part', async () => {
		const file = { field: 'file', name: 'a.txt', bytes: Buffer.from('x') };
		expect((await post('whisper', form({}, file))).status).toBe(415);
	});

	it('lets a link without an extension through', async () => {
		expect((await post('whisper', { file: 'https://example.com/download?id=1' })).status).toBe(200);
	});

	it('answers 415 for a body of another type', async () => {
		const headers = { 'content-type': 'text/plain' };
		const answer = await session.api.post('/generate/whisper', 'prompt', { headers });
		expect([answer.status, answer.data]).toEqual([415, { message: 'Unsupported Media' }]);
	});

	it('answers 404 for an unknown model and in another case of letters', async () => {
		expect((await post('gpt-9', { prompt: 'a' })).status).toBe(404);
		expect((await post('flan-t5', { prompt: 'a' })).status).toBe(404);
	});

	it('answers 400 for a webhook that is not registered', async () => {
		expect((await post('flan-T5?webhook_url_name=done', { prompt: 'a' })).status).toBe(400);
		session.emulator.state.webhooks.set('done', { url_name: 'done', webhook_url: 'http://a' });
		expect((await post('flan-T5?webhook_url_name=done', { prompt: 'a' })).status).toBe(200);
		expect(onlyJob().webhookName).toBe('done');
	});

	it('asks for a key', async () => {
		const refused = { message: 'Unauthorised' };
		for (const authorization of [undefined, '', 'key', 'Bearer ', 'Bearer wrong-key']) {
			const answer = await session.open.post(
				'/v1/generate/flan-T5',
				{},
				{ headers: { authorization } },
			);
			expect([answer.status, answer.data]).toEqual([401, refused]);
		}
	});

	it('takes the set key alone', async () => {
		const own = await startSession({ apiKey: 'right' });
		expect((await own.api.get('/webhook')).status).toBe(401);
		const headers = { authorization: 'Bearer right' };
		expect((await own.api.get('/webhook', { headers })).status).toBe(200);
		await own.emulator.close();
	});
});

describe('files in the call', () => {
	const limit = 8 * 1024 * 1024;

	it('takes 8 MB to the byte and no byte more', async () => {
		const bytes = Buffer.alloc(limit + 1, 'sound');
		const exact = { field: 'file', name: 'a.mp3', bytes: bytes.subarray(0, limit) };
		expect((await post('whisper', form({}, exact))).status).toBe(200);
		expect(onlyJob().file).toMatchObject({ size: limit, sha256: sha256(exact.bytes) });
		const answer = await post('whisper', form({}, { ...exact, bytes }));
		expect(answer.status).toBe(400);
		expect(answer.data.message).toBe('Invalid Payload: file has 8388609 bytes, the limit is 8 MB');
	});

	it('refuses an empty file', async () => {
		const file = { field: 'file', name: 'a.mp3', bytes: Buffer.alloc(0) };
		expect((await post('whisper', form({}, file))).data.message).toMatch(/empty/);
	});

	it('does not take a file under another name', async () => {
		const file = { field: 'audio', name: 'a.mp3', bytes: Buffer.from('x') };
		expect((await post('whisper', form({}, file))).data.message).toMatch(/file is required/);
	});

	it('reads a link in a multipart field', async () => {
		await post('whisper', form({ file: 'https://example.com/my%20talk.mp3' }));
		expect(onlyJob().file).toEqual({
			field: 'file',
			name: 'my talk.mp3',
			source: 'url',
			url: 'https://example.com/my%20talk.mp3',
		});
	});

	it('takes a voice only with voice_clone', async () => {
		await post('sunoai-bark', {
			prompt: 'a',
			voice_clone: 'true',
			file: 'https://a.example/v.wav',
		});
		expect(onlyJob()).toMatchObject({ inputs: { voice_clone: true }, file: { name: 'v.wav' } });
		const ignored = { prompt: 'a', file: 'https://a.example/v.gif' };
		expect((await post('sunoai-bark', ignored)).status).toBe(200);
	});

	it('survives a client that leaves in the middle of a form', async () => {
		const { state, origin } = session.emulator;
		const request = http.request(`${origin}/v1/generate/whisper`, {
			method: 'POST',
			headers: {
				authorization: 'Bearer k',
				'content-type': 'multipart/form-data; boundary=b',
				'content-length': 1000,
			},
		});
		request.on('error', () => undefined);
		request.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\n\r\nso');
		await until(() => (state.requests[0]?.bytesReceived ?? 0) > 0);
		request.destroy();
		await until(() => state.openTransfers === 0);
		expect(state.jobs.size).toBe(0);
		expect((await post('flan-T5', { prompt: 'still there' })).status).toBe(200);
	});
});

it('takes a thousand jobs at the same time', async () => {
	const prompts = Array.from({ length: 1000 }, (_unused, index) => `prompt ${index}`);
	const answers = await Promise.all(prompts.map((prompt) => post('flan-T5', { prompt })));
	expect(new Set(answers.map(({ data }) => data.process_id)).size).toBe(1000);
	session.clock.now += 300;
	const [id] = session.emulator.state.jobs.keys();
	const { data } = await session.api.get<{ status: string }>(`/status/${id}`);
	expect(data.status).toBe('IN_PROGRESS');
});
