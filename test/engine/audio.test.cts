import { createHash, randomBytes } from 'node:crypto';

import { binaryOf, bytesOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const onlyJob = () => {
	const [job] = [...session.emulator.state.jobs.values()];
	if (job === undefined) throw new Error('no job was accepted');
	return job;
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const transcribe = (parameters: object) => ({
	resource: 'model',
	operation: 'transcribe',
	model: 'whisper',
	...parameters,
});
const recording = async (size: number, name = 'talk.mp3') => {
	const bytes = randomBytes(size);
	return {
		bytes,
		items: [{ json: {}, binary: { data: await binaryOf(bytes, name, 'audio/mpeg') } }],
	};
};

describe('transcribe', () => {
	test('sends 8 MB within the call', async () => {
		const { bytes, items } = await recording(8 * 1024 * 1024);
		const { error, ...out } = await session.run(transcribe({}), { items });
		expect(error).toBeUndefined();
		expect(out.items[0]?.json).toMatchObject({
			status: 'COMPLETED',
			text: expect.stringContaining('talk.mp3'),
		});
		expect(onlyJob().file).toMatchObject({ source: 'part', sha256: sha256(bytes) });
		expect(session.calls()[0]).toBe('POST /v1/generate/whisper');
	});

	test('sends one byte more by an upload link, without the key, with its length', async () => {
		const { bytes, items } = await recording(8 * 1024 * 1024 + 1, 'dir/Ünï "x" 🎤.mp3');
		const { error } = await session.run(transcribe({ parameters: { language: 'de' } }), { items });
		expect(error).toBeUndefined();
		expect(onlyJob()).toMatchObject({
			inputs: { language: 'de' },
			file: { source: 'url', size: bytes.length, sha256: sha256(bytes) },
		});
		const put = session.emulator.state.requests.find(({ method }) => method === 'PUT');
		expect(put).toMatchObject({
			status: 200,
			headers: { authorization: false, contentLength: bytes.length },
		});
		expect(put?.headers.transferEncoding).toBeUndefined();
	});

	test('passes a URL on as it is', async () => {
		const { error } = await session.run(
			transcribe({ fileSource: 'url', fileUrl: 'https://example.test/a.mp3?b=1' }),
		);
		expect(error).toBeUndefined();
		expect(onlyJob().file).toMatchObject({ source: 'url', url: 'https://example.test/a.mp3?b=1' });
	});

	test('gives segments where there are any', async () => {
		const { items } = await recording(1_000);
		const words = await session.run(transcribe({ parameters: { transcription_format: 'word' } }), {
			items,
		});
		const segments = words.items[0]?.json['segments'];
		expect(Array.isArray(segments) && segments[0]).toMatchObject({
			start: expect.any(Number),
			end: expect.any(Number),
			text: expect.any(String),
		});
		const speakers = await session.run(transcribe({ parameters: { diarize: true } }), { items });
		expect(speakers.items[0]?.json).toMatchObject({
			text: expect.any(String),
			segments: expect.any(Array),
		});
	});

	test('keeps a job whose upload broke from being paid', async () => {
		const { items } = await recording(9_000_000);
		session.emulator.state.faults.push({ method: 'PUT', drop: 'before', times: 9 });
		const { error } = await session.run(transcribe({}), { items });
		expect(error?.message).toBeDefined();
		expect(JSON.stringify(error)).not.toContain('X-Amz');
		expect(session.emulator.state.jobs.size).toBe(0);
	});

	test('uploads again when the connection broke, and then goes on', async () => {
		const { bytes, items } = await recording(9_000_000);
		session.emulator.state.faults.push({ method: 'PUT', drop: 'before' });
		const { error } = await session.run(transcribe({}), { items });
		expect(error).toBeUndefined();
		expect(onlyJob().file).toMatchObject({ sha256: sha256(bytes) });
	});
});

describe('generateSpeech', () => {
	const speak = (parameters: object) => ({
		resource: 'model',
		operation: 'generateSpeech',
		model: 'sunoai-bark',
		prompt: 'Hello there',
		...parameters,
	});

	test('brings a real WAV', async () => {
		const { items } = await session.run(
			speak({ parameters: { speaker: 'de_speaker_3', sample_rate: 16_000 } }),
		);
		const bytes = await bytesOf(items[0]);
		expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
		expect(bytes.readUInt32LE(24)).toBe(16_000);
		expect(items[0]?.binary?.['data']).toMatchObject({
			mimeType: 'audio/wav',
			fileExtension: 'wav',
		});
		expect(onlyJob().inputs).toMatchObject({
			prompt: 'Hello there',
			speaker: 'de_speaker_3',
			sample_rate: 16_000,
		});
	});

	test('clones a voice from a file', async () => {
		const { bytes, items } = await recording(2_000, 'voice.wav');
		const { error } = await session.run(speak({ voiceClone: true }), { items });
		expect(error).toBeUndefined();
		expect(onlyJob()).toMatchObject({
			inputs: { voice_clone: true },
			file: { sha256: sha256(bytes) },
		});
	});

	test('fails with the API’s words', async () => {
		const { error } = await session.run(speak({ prompt: '[fail: no voice today]' }));
		expect(error?.message).toContain('no voice today');
	});
});

describe('run', () => {
	const run = (parameters: object) => ({ resource: 'model', operation: 'run', ...parameters });

	test('takes any model and any body', async () => {
		const { items, error } = await session.run(
			run({ model: 'custom-echo', body: '{"anything": {"goes": [1, 2]}}' }),
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json['text']).toContain('"goes"');
	});

	test('takes an empty body', async () => {
		const { error } = await session.run(run({ model: 'custom-echo', body: '{}' }));
		expect(error).toBeUndefined();
	});

	test('takes a file under any name', async () => {
		const { bytes, items } = await recording(3_000);
		const { error } = await session.run(
			run({ model: 'whisper', body: '{"language":"en"}', fileParameter: 'file' }),
			{ items },
		);
		expect(error).toBeUndefined();
		expect(onlyJob()).toMatchObject({
			inputs: { language: 'en' },
			file: { sha256: sha256(bytes) },
		});
	});

	test.each<[object, RegExp]>([
		[{ model: '={{ "" }}', body: '{}' }, /model is empty/],
		[{ model: 'custom-echo', body: '{"a": ' }, /Body is not a JSON object/],
		// As the form has it from the beginning.
		[{ model: 'custom-echo' }, /prompt is empty/],
		[{ model: 'nobody-knows-it', body: '{}' }, /does not know this model/],
	])('%j is refused', async (parameters, message) => {
		const { error } = await session.run(run(parameters));
		expect(error?.message).toMatch(message);
		expect(session.emulator.state.jobs.size).toBe(0);
	});
});
