import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import { speakableText } from '../../src/engines/speech/flite-text.mts';
import { splitText } from '../../src/engines/speech/text-parts.mts';
import { voiceFor } from '../../src/engines/speech/voices.mts';
import { readWavFormat, wavSeconds } from '../../src/engines/speech/wav.mts';
import { findProgram } from '../../src/engines/programs/find-program.mts';
import { engineError, filesOf, jobFor, recorder, run, standIn } from './support.mts';

type Body = Record<string, unknown>;

async function speechServer(t: TestContext, answer: { type: string; data: Buffer }) {
	const requests: Body[] = [];
	const url = await standIn(t, (server) => {
		server.get('/models', () => ({ data: [{ id: 'tts-1' }] }));
		server.post<{ Body: Body }>('/audio/speech', (request, reply) => {
			requests.push(request.body);
			return reply.type(answer.type).send(answer.data);
		});
	});
	return { url, requests };
}

const second = emulatedSound({ prompt: 'a b', sample_rate: 16_000 });
const streamed = Buffer.from(second);
streamed.writeUInt32LE(0xffffffff, 4);
streamed.writeUInt32LE(0xffffffff, 40);

test('openai-speech: voice by speaker, WAV with a right header', async (t) => {
	const { url, requests } = await speechServer(t, { type: 'audio/wav', data: streamed });
	const inputs = { prompt: 'Hello.', speaker: 'de_speaker_3', text_temp: 0.5 };
	const job = await jobFor(t, { family: 'speech', inputs });
	const config = { url, voice: 'af_heart', voices: { de: 'df_anna', en_speaker_1: 'x' } };
	const result = await run('openai-speech', config, job);
	const [file] = filesOf(result);
	assert.deepEqual(await readFile(file?.path ?? ''), second);
	assert.deepEqual(
		[file?.name, file?.mimeType, file?.size],
		['speech.wav', 'audio/wav', second.length],
	);
	assert.deepEqual(requests, [
		{ model: 'tts-1', voice: 'df_anna', response_format: 'wav', input: 'Hello.' },
	]);
	assert.deepEqual(result.notes, ["'text_temp' had no effect: the engine has no such setting"]);
});

test('openai-speech: a long text is spoken in parts and joined', async (t) => {
	const { url, requests } = await speechServer(t, { type: 'audio/wav', data: streamed });
	const prompt = 'This sentence has forty letters or more. '.repeat(250);
	const context = recorder();
	const job = await jobFor(t, { family: 'speech', inputs: { prompt }, engineModel: 'm' });
	const [file] = filesOf(await run('openai-speech', { url }, job, context));
	assert.equal(requests.length, 3);
	assert.ok(requests.every(({ input }) => String(input).length <= 4_096));
	assert.equal(requests.map(({ input }) => input).join(' '), prompt.trim());
	assert.equal(file?.size, 44 + 3 * (second.length - 44));
	assert.deepEqual(context.fractions, [1 / 3, 2 / 3, 1]);
	assert.deepEqual(await readdir(job.workFolder), ['speech.wav']);
});

test('openai-speech: Speaches makes the sample rate itself', async (t) => {
	const { url, requests } = await speechServer(t, { type: 'audio/wav', data: second });
	const inputs = { prompt: 'x', sample_rate: 16_000 };
	const job = await jobFor(t, { family: 'speech', inputs, engineModel: 'm' });
	await run('openai-speech', { url, dialect: 'speaches' }, job);
	assert.equal(requests[0]?.['sample_rate'], 16_000);
	const high = await jobFor(t, {
		family: 'speech',
		inputs: { prompt: 'x', sample_rate: 96_000 },
		engineModel: 'm',
	});
	await run('openai-speech', { url, dialect: 'speaches' }, high);
	assert.equal(requests[1]?.['sample_rate'], undefined, 'it refuses more than 48,000');
});

test('openai-speech: a server that makes MP3 only is taken as it is', async (t) => {
	const { url } = await speechServer(t, { type: 'audio/mpeg', data: Buffer.from('ID3 mp3') });
	const job = await jobFor(t, { family: 'speech', inputs: { prompt: 'x' }, engineModel: 'm' });
	const [file] = filesOf(await run('openai-speech', { url }, job));
	assert.deepEqual([file?.name, file?.mimeType, file?.size], ['speech.mp3', 'audio/mpeg', 7]);
	const other = await speechServer(t, { type: 'text/html', data: Buffer.from('<html>') });
	const error = await engineError(
		run(
			'openai-speech',
			{ url: other.url },
			{ ...job, workFolder: (await jobFor(t, job)).workFolder },
		),
	);
	assert.equal(error.kind, 'final');
});

test('openai-speech: nothing to speak', async (t) => {
	const job = await jobFor(t, { family: 'speech', inputs: { prompt: ' \n ' }, engineModel: 'm' });
	const error = await engineError(run('openai-speech', { url: 'http://127.0.0.1:9' }, job));
	assert.deepEqual([error.kind, error.message], ['final', 'There is no text to speak']);
});

/** The loudness of a WAV of 16 bits, 0 to 32,767. */
async function loudness(path: string): Promise<number> {
	const { dataOffset = 0, dataLength = 0 } = (await readWavFormat(path)) ?? {};
	const data = await readFile(path);
	let squares = 0;
	for (let at = dataOffset; at < dataOffset + dataLength; at += 2)
		squares += data.readInt16LE(at) ** 2;
	return Math.sqrt(squares / (dataLength / 2));
}

test('flite speaks: a WAV of fitting length that is not silent', async (t) => {
	const context = recorder();
	const inputs = { prompt: 'Please turn on the light in the kitchen.' };
	const job = await jobFor(t, { family: 'speech', inputs });
	const result = await run('flite', {}, job, context);
	const [file] = filesOf(result);
	assert.equal(file?.name, 'speech.wav');
	const format = await readWavFormat(file.path);
	assert.ok(format !== undefined);
	assert.deepEqual([format.sampleRate, format.channels, format.bitsPerSample], [16_000, 1, 16]);
	const seconds = wavSeconds(format);
	assert.ok(seconds > 1.2 && seconds < 5, `${seconds} seconds`);
	assert.ok((await loudness(file.path)) > 500);
	assert.deepEqual(result.notes, []);
	assert.deepEqual(context.fractions, [1]);
	assert.deepEqual(await readdir(job.workFolder), ['speech.wav']);
});

test('flite: voices differ, another language is noted', async (t) => {
	const speak = async (inputs: Record<string, unknown>) =>
		await run(
			'flite',
			{ voices: { en_speaker_1: 'slt' } },
			await jobFor(t, { family: 'speech', inputs }),
		);
	const prompt = 'Good morning.';
	const rms = filesOf(await speak({ prompt }))[0];
	const slt = filesOf(await speak({ prompt, speaker: 'en_speaker_1' }))[0];
	assert.notDeepEqual(await readFile(rms?.path ?? ''), await readFile(slt?.path ?? ''));
	const { notes } = await speak({ prompt, speaker: 'de_speaker_1', voice_clone: true });
	assert.match(notes.join('\n'), /speaks English only/);
	assert.match(notes.join('\n'), /'voice_clone' had no effect/);
});

test('flite: the sample rate that is asked for, where ffmpeg or sox is installed', async (t) => {
	const job = await jobFor(t, {
		family: 'speech',
		inputs: { prompt: 'Good day.', sample_rate: 25_000 },
	});
	const {
		output: _output,
		notes,
		...rest
	} = await run('flite', {}, job).then((result) => ({
		...result,
		file: filesOf(result)[0],
	}));
	const rate = (await readWavFormat(rest.file?.path ?? ''))?.sampleRate;
	const converter = (await findProgram('ffmpeg')) ?? (await findProgram('sox'));
	assert.equal(rate, converter === undefined ? 16_000 : 25_000);
	assert.equal(notes.length, converter === undefined ? 1 : 0);
});

test('flite: an abort ends it in the middle of a long text', async (t) => {
	const abort = new AbortController();
	const reason = new Error('cancelled');
	const job = await jobFor(t, {
		family: 'speech',
		inputs: { prompt: 'A long story goes on. '.repeat(5_000) },
	});
	const context = { ...recorder(abort.signal), progress: () => abort.abort(reason) };
	await assert.rejects(run('flite', {}, job, context), reason);
});

test('flite: a text without anything to speak', async (t) => {
	const job = await jobFor(t, { family: 'speech', inputs: { prompt: '你好' } });
	const error = await engineError(run('flite', {}, job));
	assert.deepEqual([error.kind, error.message], ['final', 'There is no text that can be spoken']);
});

test('texts for flite are ASCII', () => {
	assert.equal(speakableText('“Café” – naïve’s Straße…'), `"Cafe" ,  naive's Strasse. `);
	assert.match(speakableText('\0\x1b日本 ok'), /^ +ok$/);
});

test('a text is split at sentences, words, or anywhere when it has neither', () => {
	assert.deepEqual(splitText('One. Two! Three? Four', 10), ['One. Two!', 'Three?', 'Four']);
	assert.deepEqual(splitText('one two three four', 9), ['one two', 'three', 'four']);
	assert.deepEqual(splitText('abcdef', 4), ['abcd', 'ef']);
	assert.deepEqual(splitText('😀😀😀', 4), ['😀😀', '😀']);
	assert.deepEqual(splitText(' \n . ', 9), ['.']);
	assert.deepEqual(splitText('', 9), []);
});

test('a long text is split in no time', () => {
	for (const text of ['a'.repeat(1_000_000), 'a '.repeat(500_000), '.'.repeat(1_000_000)]) {
		const parts = splitText(text, 1_000);
		assert.ok(parts.every((part) => part.length <= 1_000));
		assert.equal(parts.join('').replace(/ /g, '').length, text.replace(/ /g, '').length);
	}
});

test('a voice by speaker, by language, by default', () => {
	const options = { voice: 'v', voices: { en: 'e', en_speaker_2: 'e2' } };
	assert.deepEqual(voiceFor({ speaker: 'en_speaker_2' }, options, 'f'), { voice: 'e2', notes: [] });
	assert.deepEqual(voiceFor({ speaker: 'en_speaker_3' }, options, 'f'), { voice: 'e', notes: [] });
	assert.deepEqual(voiceFor({}, options, 'f'), { voice: 'v', notes: [] });
	const unknown = voiceFor({ speaker: 'constructor' }, {}, 'f');
	assert.deepEqual([unknown.voice, unknown.notes.length], ['f', 1]);
});
