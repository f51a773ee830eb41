/*
 * The gateway over HTTP with engines that really work: the built-in voice, Debian's recognizer, ImageMagick. Skipped aloud
 * where a program is not installed.
 */
import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { emulatedPng } from '../../src/engines/emulation/emulated-image.mts';
import { findProgram } from '../../src/engines/programs/find-program.mts';
import { suiteCleanup } from '../support/cleanup.mts';
import { startTestGateway, testKey, type TestGateway } from '../support/gateway.mts';
import { startReceiver } from '../support/receiver.mts';

const sentence = 'please turn on the light in the kitchen';

const config = {
	allowPrivateAddresses: true,
	engines: {
		voice: { driver: 'flite', voice: 'rms' },
		hear: {
			driver: 'command',
			run: [
				...['pocketsphinx_continuous', '-time', 'yes', '-infile', '{file.wav16k}'],
				...['-logfn', '/dev/null'],
			],
			text: 'stdout',
			words: String.raw`^(?<word>\S+) (?<start>[\d.]+) (?<end>[\d.]+) [\d.]+$`,
			deadline: '10m',
		},
		grey: {
			driver: 'command',
			run: ['convert', 'png:{file}', '-colorspace', 'Gray', 'png:{output.png}'],
		},
		shout: {
			driver: 'command',
			run: [process.execPath, '-e', 'console.log(process.argv[1])', '--', '{prompt}'],
		},
	},
	models: {
		'sunoai-bark': { engine: 'voice' },
		whisper: { engine: 'hear' },
		'speech2text-v2': { engine: 'hear' },
		img2img: { engine: 'grey' },
		pix2pix: { engine: 'grey' },
		'flan-T5': { engine: 'shout' },
	},
};

async function needs(t: TestContext, program: string): Promise<boolean> {
	if ((await findProgram(program)) !== undefined) return true;
	process.stderr.write(`SKIPPED, ${program} is not installed: ${t.name}\n`);
	t.skip(`${program} is not installed`);
	return false;
}

describe('real engines behind the API', () => {
	let gateway: TestGateway;
	const cleanup = suiteCleanup();
	before(async () => {
		gateway = await startTestGateway(cleanup, { config });
	});

	async function finished(model: string, inputs: object) {
		const answer = await gateway.result(await gateway.submit(model, inputs), 120_000);
		assert.equal(answer.status, 'COMPLETED', JSON.stringify(answer));
		return answer.result ?? {};
	}

	async function download(url: string | undefined): Promise<Blob> {
		const response = await fetch(url ?? '');
		assert.equal(response.status, 200);
		return await response.blob();
	}

	it('a spoken sentence is transcribed to the same words', async (t) => {
		if (!(await needs(t, 'pocketsphinx_continuous'))) return;
		const { output = [] } = await finished('sunoai-bark', { prompt: sentence });
		const wav = await download(output[0]);
		assert.equal(wav.type, 'audio/wav');

		const byUrl = await finished('whisper', { file: output[0] });
		assert.deepEqual(byUrl, { text: sentence });

		const form = new FormData();
		form.append('transcription_format', 'word');
		form.append('file', wav, 'speech.wav');
		const { data } = await finished('whisper', form);
		assert.ok(Array.isArray(data));
		assert.deepEqual(
			data.map((line) => String(line).split(' :: ')[1]),
			sentence.split(' '),
		);

		const link = await gateway.call('GET', '/v1/upload?filename=speech.wav');
		const { upload_url, download_url } = link.body;
		const put = await fetch(String(upload_url), { method: 'PUT', body: wav });
		assert.equal(put.ok, true);
		const inputs = { file: download_url, transcription_format: 'srt' };
		const { text } = await finished('speech2text-v2', inputs);
		assert.match(
			String(text),
			new RegExp(String.raw`^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n${sentence}\n$`),
		);
	});

	it('the callback brings the same words as the status', async (t) => {
		if (!(await needs(t, 'pocketsphinx_continuous'))) return;
		const receiver = await startReceiver(cleanup);
		const registration = { url_name: 'heard', webhook_url: receiver.url };
		assert.equal((await gateway.call('POST', '/v1/webhook', registration)).status, 200);
		const { output = [] } = await finished('sunoai-bark', { prompt: sentence });
		const id = await gateway.submit('whisper', { file: output[0] }, '?webhook_url_name=heard');
		await receiver.until((callbacks) => callbacks.at(-1)?.body.status === 'COMPLETED', 120_000);
		const bodies = receiver.callbacks.map(({ body }) => body);
		assert.deepEqual(bodies.at(-1), {
			process_id: id,
			model_name: 'whisper',
			status: 'COMPLETED',
			result: { text: sentence },
		});
		assert.deepEqual(
			bodies.map(({ status }) => status),
			['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'],
		);
	});

	for (const [model, parameter] of [
		['img2img', 'strength'],
		['pix2pix', 'image_guidance_scale'],
	] as const) {
		it(`${model}: a picture is edited, and what the program cannot do is noted`, async (t) => {
			if (!(await needs(t, 'convert'))) return;
			const form = new FormData();
			form.append('prompt', 'grey');
			form.append(parameter, '0.5');
			const picture = new Uint8Array(emulatedPng({ width: 60, height: 40 }, 1));
			form.append('init_image_url', new Blob([picture], { type: 'image/png' }), 'a.png');
			const { output = [], notes = [] } = await finished(model, form);
			const made = Buffer.from(await (await download(output[0])).arrayBuffer());
			assert.equal(made.toString('latin1', 1, 4), 'PNG');
			assert.deepEqual([made.readUInt32BE(16), made.readUInt32BE(20)], [60, 40]);
			assert.ok(notes.some((note) => note.startsWith(`'${parameter}' had no effect`)));
		});
	}

	it('a file that is no sound ends the job with a reason that names no folder', async (t) => {
		if (!(await needs(t, 'ffmpeg'))) return;
		const form = new FormData();
		form.append('file', new Blob(['#EXTM3U\n/etc/passwd\n'], { type: 'audio/mpeg' }), 'talk.mp3');
		const answer = await gateway.result(await gateway.submit('whisper', form));
		assert.equal(answer.status, 'FAILED');
		assert.match(answer.result?.errorMessage ?? '', /cannot be read as sound/);
		assert.doesNotMatch(JSON.stringify(answer), new RegExp(`root:|${gateway.data}`));
	});

	it('a prompt stays one argument', async () => {
		const prompt = `--version; touch /tmp/x "$(id)" '{file}' {prompt}`;
		assert.deepEqual(await finished('flan-T5', { prompt }), { text: prompt });
	});

	it('no secret of the gateway is in a log or an answer', () => {
		assert.doesNotMatch(JSON.stringify(gateway.logs), new RegExp(testKey));
	});
});
