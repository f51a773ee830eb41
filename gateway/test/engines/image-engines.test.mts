import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { drivers } from '../../src/engines/drivers.mts';
import { emulatedPng } from '../../src/engines/emulation/emulated-image.mts';
import { withoutExtraArguments } from '../../src/engines/images/image-prompt.mts';
import { generationSize, readImageSize } from '../../src/engines/images/image-size.mts';
import { styles } from '../../src/engines/images/image-styles.mts';
import {
	deferred,
	engineError,
	fileAt,
	filesOf,
	jobFor,
	recorder,
	run,
	standIn,
	temporaryFolder,
} from './support.mts';

type Body = Record<string, unknown>;

const png = emulatedPng({ width: 64, height: 64 }, 1);
const base64 = png.toString('base64');
const smallestJpeg = Buffer.from(
	'ffd8ffe000104a46494600010100000100010000ffc0000b080010002001011100ffd9',
	'hex',
);

async function picture(t: TestContext, width = 800, height = 600) {
	const path = join(await temporaryFolder(t), 'in.png');
	await writeFile(path, emulatedPng({ width, height }, 3));
	return await fileAt(path, 'image/png');
}

const everything = {
	prompt: 'a cat',
	negprompt: 'dogs',
	samples: 2,
	steps: 30,
	seed: 5,
	guidance_scale: 7.5,
	aspect_ratio: 'portrait',
	safe_filter: true,
};

test('sdapi: parameters, size and checkpoint of a picture from text', async (t) => {
	let seen: Body = {};
	const url = await standIn(t, (server) => {
		server.post<{ Body: Body }>('/sdapi/v1/txt2img', (request) => {
			seen = request.body;
			assert.equal(request.headers.authorization, `Basic ${btoa('me:pass')}`);
			return { images: [base64, `data:image/png;base64,${base64}`], info: '{}' };
		});
	});
	const job = await jobFor(t, { family: 'image', inputs: everything, engineModel: 'sd15.ckpt' });
	const result = await run('sdapi', { url, auth: 'me:pass' }, job);
	const files = filesOf(result);
	assert.deepEqual(
		files.map(({ name, mimeType, size }) => [name, mimeType, size]),
		[
			['image-0.png', 'image/png', png.length],
			['image-1.png', 'image/png', png.length],
		],
	);
	assert.deepEqual(await readFile(files[0]?.path ?? ''), png);
	assert.deepEqual(seen, {
		prompt: 'a cat',
		negative_prompt: 'dogs',
		n_iter: 2,
		steps: 30,
		seed: 5,
		cfg_scale: 7.5,
		width: 512,
		height: 768,
		override_settings: { sd_model_checkpoint: 'sd15.ckpt' },
		override_settings_restore_afterwards: false,
		send_images: true,
		save_images: false,
	});
	assert.deepEqual(result.notes, ["'safe_filter' had no effect: the engine has no such setting"]);
});

test('sdapi: an edit sends the picture itself and keeps its proportions', async (t) => {
	let seen: Body = {};
	const url = await standIn(t, (server) => {
		server.post<{ Body: Body }>('/sdapi/v1/img2img', (request) => {
			seen = request.body;
			return { images: [base64] };
		});
	});
	const file = await picture(t, 1600, 1200);
	const inputs = { prompt: 'night', strength: 0.6, image_guidance_scale: 1.5 };
	await run('sdapi', { url }, await jobFor(t, { family: 'image-edit', inputs, file }));
	assert.deepEqual(seen['init_images'], [await readFile(file.path, 'base64')]);
	assert.deepEqual(
		[seen['width'], seen['height'], seen['denoising_strength'], seen['image_cfg_scale']],
		[1152, 896, 0.6, 1.5],
	);
});

test('sdapi: progress is reported while it works, and an abort interrupts the server', async (t) => {
	const interrupted = deferred();
	const progressed = deferred();
	const url = await standIn(t, (server) => {
		server.post('/sdapi/v1/txt2img', async () => {
			await interrupted.promise;
			return { images: [base64] };
		});
		server.get('/sdapi/v1/progress', () => ({ progress: 0.4, eta_relative: 3 }));
		server.post('/sdapi/v1/interrupt', () => {
			interrupted.resolve();
			return {};
		});
	});
	const abort = new AbortController();
	const context = {
		...recorder(abort.signal),
		progress: (fraction: number) => {
			assert.equal(fraction, 0.4);
			progressed.resolve();
		},
	};
	const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
	const running = run('sdapi', { url }, job, context);
	await progressed.promise;
	const reason = new Error('cancelled');
	abort.abort(reason);
	await assert.rejects(running, reason);
	await interrupted.promise;
});

const sdapiErrors = [
	[
		404,
		{ error: 'HTTPException', detail: 'Sampler not found', body: '', errors: '' },
		'final',
		/Sampler not found/,
	],
	[422, { detail: [{ loc: ['body', 'steps'], msg: 'not an integer' }] }, 'final', /body\.steps/],
	[
		500,
		{ error: 'OutOfMemoryError', detail: '', body: '', errors: 'CUDA out of memory' },
		'failed',
		/CUDA out of memory/,
	],
	[400, { error: 'prompt required' }, 'final', /prompt required/],
	[
		500,
		{ error: 'server_error', message: 'failed to encode' },
		'failed',
		/server_error: failed to encode/,
	],
] as const;

for (const [status, body, kind, message] of sdapiErrors) {
	test(`sdapi: ${status} ${JSON.stringify(body).slice(0, 50)} is ${kind}`, async (t) => {
		const url = await standIn(t, (server) => {
			server.post('/sdapi/v1/txt2img', (_request, reply) => reply.code(status).send(body));
		});
		const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
		const error = await engineError(run('sdapi', { url }, job));
		assert.equal(error.kind, kind);
		assert.match(error.message, message);
	});
}

interface SdServer {
	readonly url: string;
	readonly requests: Body[];
	readonly cancelled: string[];
}

/** stable-diffusion.cpp's own API: answers `polls` in turn, the last one for ever. */
async function sdServer(t: TestContext, polls: readonly (Body | number)[]): Promise<SdServer> {
	const requests: Body[] = [];
	const cancelled: string[] = [];
	let poll = 0;
	const url = await standIn(t, (server) => {
		server.post<{ Body: Body }>('/sdcpp/v1/img_gen', (request, reply) => {
			requests.push(request.body);
			return reply.code(202).send({ id: 'j1', status: 'queued', poll_url: '/sdcpp/v1/jobs/j1' });
		});
		server.get('/sdcpp/v1/jobs/j1', (_request, reply) => {
			const answer = polls[Math.min(poll++, polls.length - 1)] ?? 500;
			if (typeof answer === 'number') return reply.code(answer).send({ error: 'job expired' });
			return answer;
		});
		server.post('/sdcpp/v1/jobs/j1/cancel', () => {
			cancelled.push('j1');
			return {};
		});
		server.get('/sdcpp/v1/capabilities', () => ({ model: { name: 'sd-v1-5' } }));
	});
	return { url, requests, cancelled };
}

test('sdcpp: submits, polls and fetches, with nested fields', async (t) => {
	const done = { status: 'completed', result: { images: [{ index: 0, b64_json: base64 }] } };
	const { url, requests } = await sdServer(t, [{ status: 'generating' }, done]);
	const job = await jobFor(t, { family: 'image', inputs: everything, model: 'sdxl-base' });
	const sizes = { portrait: '640x960' };
	const extra = { sample_params: { sample_method: 'euler' } };
	const files = filesOf(await run('sdcpp', { url, sizes, extra }, job));
	assert.deepEqual(await readFile(files[0]?.path ?? ''), png);
	assert.deepEqual(requests, [
		{
			prompt: 'a cat',
			negative_prompt: 'dogs',
			batch_count: 2,
			seed: 5,
			width: 640,
			height: 960,
			sample_params: { sample_steps: 30, guidance: { txt_cfg: 7.5 }, sample_method: 'euler' },
			output_format: 'png',
		},
	]);
	const check = await drivers.sdcpp.create({ url }).check(AbortSignal.timeout(5_000));
	assert.deepEqual(check, { reachable: true, models: ['sd-v1-5'] });
});

test('sdcpp: an edit with two guidance scales', async (t) => {
	const done = { status: 'completed', result: { images: [{ b64_json: base64 }] } };
	const { url, requests } = await sdServer(t, [done]);
	const file = await picture(t);
	const inputs = { prompt: 'night', guidance_scale: 12.5, image_guidance_scale: 1.5 };
	await run('sdcpp', { url }, await jobFor(t, { family: 'image-edit', inputs, file }));
	const { init_image, sample_params, width, height } = requests[0] ?? {};
	assert.equal(init_image, await readFile(file.path, 'base64'));
	assert.deepEqual(sample_params, { guidance: { txt_cfg: 12.5, img_cfg: 1.5 } });
	assert.deepEqual([width, height], [832, 576]);
});

for (const [polls, message] of [
	[
		[{ status: 'failed', error: { code: 'oom', message: 'out of memory' } }],
		/failed: out of memory/,
	],
	[[{ status: 'generating' }, 410], /lost the job.*job expired/],
	[[404], /lost the job/],
] as const) {
	test(`sdcpp: ${JSON.stringify(polls)} uses up an attempt`, async (t) => {
		const { url } = await sdServer(t, polls);
		const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
		const error = await engineError(run('sdcpp', { url }, job));
		assert.equal(error.kind, 'failed');
		assert.match(error.message, message);
	});
}

test('sdcpp: a full queue (64 jobs) is waited for', async (t) => {
	const url = await standIn(t, (server) => {
		server.post('/sdcpp/v1/img_gen', (_request, reply) =>
			reply.code(429).send({ error: 'queue full' }),
		);
	});
	const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
	assert.equal((await engineError(run('sdcpp', { url }, job))).kind, 'notReady');
});

test('sdcpp: an abort cancels the job there', async (t) => {
	const abort = new AbortController();
	const { url, requests, cancelled } = await sdServer(t, [{ status: 'generating' }]);
	const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
	const running = run('sdcpp', { url }, job, recorder(abort.signal));
	while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
	const reason = new Error('the deadline has passed');
	setTimeout(() => abort.abort(reason), 600);
	await assert.rejects(running, reason);
	assert.deepEqual(cancelled, ['j1']);
});

test('photo-maker is refused where there is no field for the person', () => {
	assert.match(drivers.sdcpp.unsupported['photo-maker'] ?? '', /sd-cli/);
	assert.match(drivers.sdapi.unsupported['photo-maker'] ?? '', /sd-cli/);
	assert.deepEqual(drivers.command.unsupported, {});
});

test('openai-images: OpenAI’s own fields and sizes; the rest is noted', async (t) => {
	let seen: Body = {};
	const url = await standIn(t, (server) => {
		server.post<{ Body: Body }>('/v1/images/generations', (request) => {
			seen = request.body;
			return { data: [{ b64_json: base64 }] };
		});
	});
	const job = await jobFor(t, { family: 'image', inputs: everything, engineModel: 'gpt-image-1' });
	const result = await run('openai-images', { url: `${url}/v1` }, job);
	assert.equal(filesOf(result).length, 1);
	assert.deepEqual(seen, { prompt: 'a cat', size: '1024x1536', n: 2, model: 'gpt-image-1' });
	const named = result.notes.map((note) => note.split("'")[1]);
	assert.deepEqual(named, ['steps', 'seed', 'guidance_scale', 'safe_filter', 'negprompt']);
});

test('openai-images: LocalAI gets the negative prompt behind a bar and answers a URL', async (t) => {
	let seen: Body = {};
	let keyForFile: string | undefined;
	const url = await standIn(t, (server) => {
		server.post<{ Body: Body }>('/v1/images/generations', (request) => {
			seen = request.body;
			return { data: [{ url: `http://${request.headers.host}/generated-images/a.png` }] };
		});
		server.get('/generated-images/a.png', (request, reply) => {
			keyForFile = request.headers.authorization;
			return reply.type('image/png').send(png);
		});
	});
	const inputs = { prompt: 'a | cat', negprompt: 'dogs', seed: 5, style: 'anime' };
	const job = await jobFor(t, { family: 'image', inputs, engineModel: 'sd' });
	const config = { url: `${url}/v1`, key: 'k', dialect: 'localai' };
	assert.equal(filesOf(await run('openai-images', config, job))[0]?.size, png.length);
	assert.match(String(seen['prompt']), /^a {3}cat, anime style.*\|dogs, photo/);
	assert.deepEqual([seen['response_format'], seen['seed']], ['b64_json', 5]);
	assert.equal(keyForFile, 'Bearer k');
});

test('openai-images: the key stays with the engine when a picture is elsewhere', async (t) => {
	let keyForFile: string | undefined = 'not asked';
	const elsewhere = await standIn(t, (server) => {
		server.get('/a.png', (request, reply) => {
			keyForFile = request.headers.authorization;
			return reply.send(png);
		});
	});
	const url = await standIn(t, (server) => {
		server.post('/images/generations', () => ({ data: [{ url: `${elsewhere}/a.png` }] }));
	});
	const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' }, engineModel: 'd' });
	await run('openai-images', { url, key: 'k' }, job);
	assert.equal(keyForFile, undefined);
});

test('openai-images: an edit is a multipart call', async (t) => {
	const parts: Record<string, string> = {};
	const url = await standIn(t, (server) => {
		server.post('/images/edits', async (request) => {
			for await (const part of request.parts()) {
				parts[part.fieldname] =
					part.type === 'file' ? (await part.toBuffer()).toString('base64') : String(part.value);
			}
			return { data: [{ b64_json: smallestJpeg.toString('base64') }] };
		});
	});
	const file = await picture(t, 64, 64);
	const job = await jobFor(t, {
		family: 'image-edit',
		inputs: { prompt: 'x' },
		file,
		engineModel: 'm',
	});
	const [made] = filesOf(await run('openai-images', { url }, job));
	assert.deepEqual([made?.name, made?.mimeType], ['image-0.jpg', 'image/jpeg']);
	assert.deepEqual([parts['prompt'], parts['model']], ['x', 'm']);
	assert.equal(parts['image'], await readFile(file.path, 'base64'));
});

test('a picture that does not fit into memory is refused', async (t) => {
	const path = join(await temporaryFolder(t), 'huge.png');
	await writeFile(path, png);
	await truncate(path, 2 ** 30);
	const file = await fileAt(path, 'image/png');
	for (const driver of ['sdapi', 'sdcpp'] as const) {
		const job = await jobFor(t, { family: 'image-edit', inputs: { prompt: 'x' }, file });
		const error = await engineError(run(driver, { url: 'http://127.0.0.1:9' }, job));
		assert.equal(error.kind, 'final');
		assert.match(error.message, /huge\.png has 1073741824 bytes/);
	}
});

test('what is no image is not handed on as one', async (t) => {
	const url = await standIn(t, (server) => {
		server.post('/sdapi/v1/txt2img', () => ({ images: [btoa('<html>')] }));
	});
	const job = await jobFor(t, { family: 'image', inputs: { prompt: 'x' } });
	assert.equal((await engineError(run('sdapi', { url }, job))).kind, 'failed');
});

test('no prompt carries settings for sd-server', () => {
	const attacks = [
		'cat <sd_cpp_extra_args>{"steps":9999}</sd_cpp_extra_args> dog',
		'<sd_cpp_extra_args>{"a":1}',
		'<SD_CPP_EXTRA_ARGS>{}</SD_CPP_EXTRA_ARGS>',
		'<sd_cpp_<sd_cpp_extra_args>x</sd_cpp_extra_args>extra_args>{}</sd_cpp_extra_args>',
		'<sd_cpp_sd_cpp_extra_argsextra_args>{}</sd_cpp_extra_args>',
		'<sd_cpp_extra_<sd_cpp_extra_args></sd_cpp_extra_args>args>{}',
	];
	for (const attack of attacks) {
		assert.doesNotMatch(withoutExtraArguments(attack), /sd_cpp_extra_args/i, attack);
	}
	assert.equal(withoutExtraArguments('a <b>bold</b> cat'), 'a <b>bold</b> cat');
});

test('an attack in prompt or negative prompt reaches no image server', async (t) => {
	const bodies: string[] = [];
	const url = await standIn(t, (server) => {
		server.post('/*', (request, reply) => {
			bodies.push(JSON.stringify(request.body));
			return reply.code(400).send({ error: 'seen' });
		});
	});
	const tag = '<sd_cpp_extra_args>{"steps":1}</sd_cpp_extra_args>';
	const inputs = { prompt: `cat ${tag}`, negprompt: `dog ${tag}`, style: 'anime' };
	for (const driver of ['sdapi', 'sdcpp', 'openai-images'] as const) {
		const job = await jobFor(t, { family: 'image', inputs, engineModel: 'm' });
		await engineError(run(driver, { url }, job));
	}
	assert.equal(bodies.length, 3);
	for (const body of bodies) assert.doesNotMatch(body, /sd_cpp_extra_args/);
});

test('all of MonsterAPI’s 21 styles are known', () => {
	assert.equal(styles.size, 21);
	assert.ok(styles.has('3d-model') && styles.has('watercolor'));
});

test('a picture that says it is huge asks for no more than an engine can make', () => {
	for (const [width, height] of [
		[0xffff_ffff, 1],
		[1, 0xffff_ffff],
		[0xffff_ffff, 0xffff_ffff],
		[60_000, 64],
	] as const) {
		const size = generationSize({ width, height });
		assert.ok(size.width * size.height <= 1024 * 1024 && Math.max(size.width, size.height) <= 2048);
		assert.ok(Math.min(size.width, size.height) >= 64);
	}
	assert.deepEqual(generationSize({ width: 1000, height: 500 }), { width: 1024, height: 512 });
});

test('the size of PNG and JPEG files is read; other files have none', async (t) => {
	const folder = await temporaryFolder(t);
	const sizeOf = async (data: Buffer) => {
		const path = join(folder, 'picture');
		await writeFile(path, data);
		return await readImageSize(path);
	};
	assert.deepEqual(await sizeOf(png), { width: 64, height: 64 });
	assert.deepEqual(await sizeOf(smallestJpeg), { width: 32, height: 16 });
	assert.equal(await sizeOf(Buffer.from('GIF89a')), undefined);
	assert.equal(await sizeOf(Buffer.from('ffd8ffe0ffff', 'hex')), undefined);
	assert.equal(await sizeOf(Buffer.alloc(0)), undefined);
});
