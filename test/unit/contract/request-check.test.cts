import { violationsOf, type SentRequest } from '../../../contract/request-check.cjs';

const check = async (request: Partial<SentRequest>) =>
	await violationsOf({
		method: 'GET',
		path: '/status/x',
		authorization: true,
		contentType: undefined,
		body: Buffer.alloc(0),
		...request,
	});

const json = async (path: string, body: unknown) =>
	await check({
		method: 'POST',
		path,
		contentType: 'application/json',
		body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
	});

async function form(path: string, fields: Record<string, string>, fileName?: string) {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) data.append(name, value);
	if (fileName !== undefined) data.append('file', new Blob(['sound']), fileName);
	const encoded = new Response(data);
	return await check({
		method: 'POST',
		path,
		contentType: encoded.headers.get('content-type') ?? '',
		body: Buffer.from(await encoded.arrayBuffer()),
	});
}

const llm = {
	basemodel_path: 'mistralai/Mistral-7B-v0.1',
	prompt_template: '{prompt}{completion}',
	per_gpu_vram: 24,
	gpu_count: 1,
};

describe('what fits the contract', () => {
	it.each([
		['a status', {}],
		['an upload', { path: '/upload?filename=my%20talk.mp3' }],
		['logs', { path: '/deploy/logs/x?n_lines=5' }],
		['a deletion', { method: 'DELETE', path: '/webhook?url_name=x' }],
		['a request that broke off', { method: 'POST', path: '/deploy/llm', body: undefined }],
	])('%s', async (_name, request) => {
		expect(await check(request)).toEqual([]);
	});

	it.each([
		['/generate/txt2img?webhook_url_name=mine', { prompt: 'A hill', samples: 2 }],
		['/generate/unknown-model', { anything: [1] }],
		['/deploy/llm', { ...llm, loramodel_path: null }],
		['/deploy/terminate', { deployment_id: 'x', actor: 'user' }],
		['/generate', { input_variables: { prompt: 'Hello' }, n: 2 }],
	])('JSON to %s: %j', async (path, body) => {
		expect(await json(path, body)).toEqual([]);
	});

	it('a form, whose values are text', async () => {
		expect(await form('/generate/whisper', { diarize: 'true', beam_size: '5' }, 'a.MP3')).toEqual(
			[],
		);
	});
});

describe('what breaks the contract', () => {
	it.each([
		['an unknown call', { path: '/nothing' }, 'the contract has no such call'],
		['another method', { method: 'PUT' }, 'the contract has no such call'],
		['no key', { authorization: false }, 'has no key'],
		['a missing parameter', { path: '/upload' }, 'filename is required'],
		['an unknown one', { path: '/status/x?verbose=1' }, 'verbose is not in the contract'],
		['one of another type', { path: '/deploy/logs/x?n_lines=all' }, 'n_lines must be integer'],
		['a body where there is none', { body: Buffer.from('{}') }, 'takes no body'],
	])('%s', async (_name, request, violation) => {
		expect(await check(request)).toEqual([violation]);
	});

	it.each([
		['/generate/txt2img', { prompt: 'A hill', samples: 5 }, 'samples must be <= 4'],
		['/generate/txt2img', { prompt: 'A hill', samples: '2' }, 'samples must be integer'],
		['/generate/txt2img', { prompt: 'A hill', sample: 2 }, 'sample is not in the contract'],
		['/generate/txt2img', { samples: 2 }, 'prompt is required'],
		['/generate/whisper', { file: 'a.mp3' }, 'file must be a file or an http(s) URL'],
		['/generate/whisper', '{"file": ', 'is not JSON'],
		['/deploy/llm', { ...llm, gpu_count: 3 }, 'gpu_count must be one of 1, 2, 4, 8'],
		[
			'/deploy/custom_image',
			{ image_registry: { registryName: 'a', user: 'b' }, instance_params: {} },
			'image_registry.user is not in the contract',
		],
	])('JSON to %s: %j', async (path, body, violation) => {
		expect(await json(path, body)).toEqual([violation]);
	});

	it.each([
		[{}, undefined, 'file is required'],
		[{}, 'a.flac', 'sends a file that the model does not read'],
		[{ beam_size: 'wide' }, 'a.mp3', 'beam_size must be integer'],
		[{ beams: '5' }, 'a.mp3', 'beams is not in the contract'],
	])('a form of %j with the file %s', async (fields, fileName, violation) => {
		expect(await form('/generate/whisper', fields, fileName)).toEqual([violation]);
	});

	it('another content type', async () => {
		const request = { method: 'POST', path: '/deploy/llm', body: Buffer.from('a=1') };
		expect(await check(request)).toEqual(['does not take a body without a content type']);
		const contentType = 'application/x-www-form-urlencoded';
		expect(await check({ ...request, contentType })).toEqual([`does not take ${contentType}`]);
	});
});
