import FormData from 'form-data';
import { crc32 } from './crc.cjs';
import { inflateSync } from 'node:zlib';

import { encodeWav, wavSeconds } from '../../../emulator/files/wav.cjs';
import { finish, sha256, startSession, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

async function download(url: string): Promise<{ type: unknown; bytes: Buffer }> {
	const { status, data, headers } = await session.open.get<Buffer>(url, {
		responseType: 'arraybuffer',
	});
	expect(status).toBe(200);
	expect(headers['content-length']).toBe(String(data.length));
	return { type: headers['content-type'], bytes: data };
}

describe('text', () => {
	it('names the model and repeats the prompt', async () => {
		const { result } = await finish(session, 'mpt-7b-instruct', { prompt: 'Why is the sky blue?' });
		expect(result.text).toMatch(
			/^\[emulated\] mpt-7b-instruct .*“Why is the sky blue\?”.* 5 words/,
		);
	});

	it('keeps to max_length and knows the system prompt', async () => {
		const body = { prompt: 'a '.repeat(300), system_prompt: 'be brief' };
		expect((await finish(session, 'llama2-7b-chat', body)).result.text).toContain('“be brief”');
		const short = await finish(session, 'llama2-7b-chat', { ...body, max_length: 3 });
		expect(short.result.text).toBe('[emulated] llama2-7b-chat was');
	});
});

/** Takes a PNG file apart and checks it. */
function decodePng(bytes: Buffer) {
	expect(bytes.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
	const chunks = new Map<string, Buffer>();
	for (let at = 8; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		const body = bytes.subarray(at + 4, at + 8 + length);
		expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(body));
		chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
		at += 12 + length;
	}
	const header = chunks.get('IHDR') ?? Buffer.alloc(0);
	const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
	const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
	expect(rows.length).toBe((width + 1) * height);
	const colours = (chunks.get('PLTE') ?? Buffer.alloc(0)).length / 3;
	expect(rows.every((index) => index < colours)).toBe(true);
	return { size: `${width}x${height}`, comment: chunks.get('tEXt')?.toString('latin1') };
}

describe('images', () => {
	it.each([
		['square', '512x512'],
		['portrait', '512x768'],
		['landscape', '768x512'],
	])('are real PNG files: %s', async (aspect_ratio, size) => {
		const body = { prompt: 'A hill', aspect_ratio, samples: 2 };
		const { process_id: id, result, credit_used: cost } = await finish(session, 'txt2img', body);
		const base = `${session.emulator.origin}/files/${id}`;
		expect(result).toEqual({ output: [`${base}_0.png`, `${base}_1.png`] });
		expect(cost).toBe(2);
		const [first, second] = [await download(`${base}_0.png`), await download(`${base}_1.png`)];
		expect(first.type).toBe('image/png');
		expect(decodePng(first.bytes)).toEqual({
			size,
			comment: expect.stringContaining('[emulated]'),
		});
		decodePng(second.bytes);
		expect(sha256(second.bytes)).not.toBe(sha256(first.bytes));
	});

	it('are the same for the same prompt and seed', async () => {
		const draw = async (seed: number) => {
			const { result } = await finish(session, 'sdxl-base', { prompt: 'A hill', seed });
			return sha256((await download(result.output[0])).bytes);
		};
		expect(await draw(1)).toBe(await draw(1));
		expect(await draw(1)).not.toBe(await draw(2));
	});

	it('are edited from a result of before', async () => {
		const made = await finish(session, 'txt2img', { prompt: 'A hill' });
		const [link] = made.result.output;
		const edited = await finish(session, 'pix2pix', { prompt: 'Night', init_image_url: link });
		const { bytes } = await download(link);
		expect(session.emulator.state.jobs.get(edited.process_id)?.file).toMatchObject({
			mime: 'image/png',
			size: bytes.length,
			sha256: sha256(bytes),
		});
		decodePng((await download(edited.result.output[0])).bytes);
	});
});

describe('speech', () => {
	it.each([8000, 25000])('is a real WAV file at %i hertz', async (rate) => {
		const body = { prompt: 'A long sentence to be spoken', sample_rate: String(rate) };
		const { process_id: id, result } = await finish(session, 'sunoai-bark', body);
		expect(result).toEqual({ output: [`${session.emulator.origin}/files/${id}_0.wav`] });
		const { type, bytes } = await download(result.output[0]);
		expect(type).toBe('audio/wav');
		expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
		expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
		expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)]).toEqual([
			1,
			rate,
			16,
		]);
		expect(wavSeconds(bytes)).toBeGreaterThanOrEqual(1);
		expect(wavSeconds(bytes)).toBeLessThanOrEqual(3);
		const loudest = Array.from({ length: 4000 }, (_unused, at) => bytes.readInt16LE(44 + 2 * at));
		expect(Math.max(...loudest)).toBeGreaterThan(3000);
		expect(bytes.includes('[emulated]')).toBe(true);
	});
});

describe('transcripts', () => {
	const transcribe = async (fields: Record<string, string>, model = 'whisper') => {
		const data = new FormData();
		const sound = encodeWav(new Float32Array(12000), 8000, 'silence');
		for (const [name, value] of Object.entries(fields)) data.append(name, value);
		data.append('file', sound, { filename: 'talk.wav' });
		return (await finish(session, model, data)).result;
	};

	it('tell about the file', async () => {
		const { text } = await transcribe({}, 'speech2text-v2');
		expect(text).toMatch(/^\[emulated\] .*talk\.wav\. .* 24072 bytes, 1\.5 seconds long/);
	});

	it('come as subtitles', async () => {
		const { text } = await transcribe({ transcription_format: 'srt' });
		expect(text).toMatch(
			/^1\n00:00:00,000 --> 00:00:00,500\n\[emulated\] .*\n\n2\n00:00:00,500 -->/,
		);
	});

	it('come word by word', async () => {
		const { data, text } = await transcribe({ transcription_format: 'word' });
		expect(text).toBeUndefined();
		expect(data[0]).toMatch(/^00:00:00,000 --> \d\d:\d\d:\d\d,\d{3} :: \[emulated\]$/);
		expect(data.at(-1)).toMatch(/ --> 00:00:01,500 :: emulated\.$/);
	});

	it('come verbose', async () => {
		const result = await transcribe({ transcription_format: 'verbose', language: 'de' });
		expect(result).toMatchObject({ language: 'de', duration: 1.5 });
		expect(result.segments[0]).toMatchObject({ id: 0, start: 0, end: 0.5 });
	});

	it('come by speaker', async () => {
		const result = await transcribe({ diarize: 'True', num_speakers: '2' });
		const transcription = expect.stringContaining('[emulated]');
		const Sequence = [
			{ speaker: 'SPEAKER_00', transcription },
			{ speaker: 'SPEAKER_01' },
			{ speaker: 'SPEAKER_00' },
		];
		expect(result).toMatchObject({ text: { Sequence } });
	});
});

describe('models beyond the catalogue', () => {
	it('echo what they get', async () => {
		const { result } = await finish(session, 'custom-echo', { a: 1, b: [true, null] });
		expect(JSON.parse(result.text)).toEqual({ a: 1, b: [true, null] });
	});

	it('echo a file as what arrived', async () => {
		const data = new FormData();
		data.append('a', '1');
		data.append('document', Buffer.from('x'), { filename: 'x.pdf' });
		const { result } = await finish(session, 'custom-echo', data);
		const document = {
			name: 'x.pdf',
			mime: 'application/pdf',
			size: 1,
			sha256: sha256(Buffer.from('x')),
		};
		expect(JSON.parse(result.text)).toEqual({ a: '1', document });
	});

	it('answer as the family they were given', async () => {
		session.emulator.state.settings.extraModels = { 'new-image': 'image', 'new-voice': 'speech' };
		const image = await finish(session, 'new-image', { samples: '2' });
		expect(image.result.output).toHaveLength(2);
		const voice = await finish(session, 'new-voice', { prompt: 'a', sample_rate: 'odd' });
		expect((await download(voice.result.output[0])).bytes.readUInt32LE(24)).toBe(25000);
	});
});
