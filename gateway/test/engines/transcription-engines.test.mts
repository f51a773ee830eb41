import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { drivers } from '../../src/engines/drivers.mts';
import type { EngineJob } from '../../src/engines/engine.mts';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import {
	engineError,
	fileAt,
	jobFor,
	recorder,
	run,
	standIn,
	temporaryFolder,
	transcriptOf,
} from './support.mts';

type Fields = Record<string, string | string[]>;

const segments = [
	{ id: 0, start: 0, end: 1.5, text: ' Hello there.' },
	{ id: 1, start: 1.5, end: 3, text: ' Who is it?' },
];

async function recording(t: TestContext, name = 'talk.wav') {
	const path = join(await temporaryFolder(t), name);
	await writeFile(path, emulatedSound({ prompt: 'one two three', sample_rate: 16_000 }));
	return await fileAt(path, 'audio/wav');
}

async function transcriptionJob(
	t: TestContext,
	inputs: Record<string, unknown> = {},
	more: Partial<EngineJob> = {},
) {
	const job = { family: 'transcription', inputs, engineModel: 'small', ...more } as const;
	return await jobFor(t, { ...job, file: more.file ?? (await recording(t)) });
}

/** Answers every transcription alike and keeps the fields of each call, by path. */
async function server(t: TestContext, answers: Record<string, unknown>) {
	const calls = new Map<string, Fields>();
	const url = await standIn(t, (app) => {
		for (const [path, answer] of Object.entries(answers)) {
			app.post(path, async (request, reply) => {
				const fields: Fields = {};
				for await (const part of request.parts()) {
					if (part.type === 'file') {
						fields[part.fieldname] = `${part.filename}:${(await part.toBuffer()).length}`;
						continue;
					}
					const before = fields[part.fieldname];
					const value = String(part.value);
					fields[part.fieldname] = before === undefined ? value : [before, value].flat();
				}
				calls.set(path, fields);
				return typeof answer === 'string' ? reply.type('text/plain').send(answer) : answer;
			});
		}
	});
	return { url, calls };
}

const path = '/audio/transcriptions';

test('one form is asked for, words only when they are wanted', async (t) => {
	const { url, calls } = await server(t, {
		[path]: { text: ' Hello there. Who is it?', segments },
	});
	const file = await recording(t);
	const job = await transcriptionJob(
		t,
		{ language: 'none', prompt: 'Names', beam_size: 5, remove_silence: true },
		{ file },
	);
	const result = await run('openai-transcriptions', { url, dialect: 'speaches' }, job);
	assert.deepEqual(transcriptOf(result), {
		text: 'Hello there. Who is it?',
		segments: [
			{ start: 0, end: 1.5, text: 'Hello there.' },
			{ start: 1.5, end: 3, text: 'Who is it?' },
		],
	});
	assert.deepEqual(calls.get(path), {
		file: `talk.wav:${file.size}`,
		model: 'small',
		prompt: 'Names',
		response_format: 'verbose_json',
		'timestamp_granularities[]': 'segment',
	});
	assert.deepEqual(result.notes, ["'beam_size' had no effect: the engine has no such setting"]);
	const worded = await transcriptionJob(t, { language: 'de', transcription_format: 'word' });
	await run('openai-transcriptions', { url }, worded);
	assert.deepEqual(calls.get(path)?.['timestamp_granularities[]'], ['segment', 'word']);
	assert.equal(calls.get(path)?.['language'], 'de');
});

test('each server’s own form is read', async (t) => {
	const transcriptFrom = async (answer: unknown) => {
		const { url } = await server(t, { [path]: answer });
		return transcriptOf(await run('openai-transcriptions', { url }, await transcriptionJob(t)));
	};
	assert.deepEqual(
		await transcriptFrom({ text: 'Hi', duration: '2.5', segments: null, words: null }),
		{ text: 'Hi', duration: 2.5 },
		'vLLM',
	);
	assert.deepEqual(
		await transcriptFrom({ text: 'Hi', segments: [{ start: 0, end: 2_500_000_000, text: 'Hi' }] }),
		{ text: 'Hi', segments: [{ start: 0, end: 2.5, text: 'Hi' }] },
		'LocalAI in nanoseconds',
	);
	const words = [{ word: ' Hi', start: 0, end: 0.4, t_dtw: -1, probability: 0.9 }];
	assert.deepEqual(
		await transcriptFrom({ text: 'Hi', segments: [{ start: 0, end: 1, text: ' Hi', words }] }),
		{
			text: 'Hi',
			segments: [{ start: 0, end: 1, text: 'Hi' }],
			words: [{ word: 'Hi', start: 0, end: 0.4 }],
		},
		'whisper.cpp',
	);
	assert.deepEqual(await transcriptFrom('Hello.\n'), { text: 'Hello.' }, 'plain text');
	assert.deepEqual(await transcriptFrom('42'), { text: '42' }, 'plain text that is JSON');
	assert.deepEqual(await transcriptFrom({ text: '' }), { text: '' }, 'silence');
});

test('an answer without a text uses up an attempt', async (t) => {
	const { url } = await server(t, { [path]: { result: 'ok' } });
	const error = await engineError(run('openai-transcriptions', { url }, await transcriptionJob(t)));
	assert.equal(error.kind, 'failed');
});

test('speakers: OpenAI’s own model', async (t) => {
	const answer = {
		text: 'Hello there. Who is it?',
		segments: segments.map((segment, index) => ({ ...segment, speaker: `s${index}` })),
	};
	const { url, calls } = await server(t, { [path]: answer });
	const inputs = { diarize: true, transcription_format: 'word' };
	const job = await transcriptionJob(t, inputs, { engineModel: 'gpt-4o-transcribe-diarize' });
	const { segments: found = [] } = transcriptOf(await run('openai-transcriptions', { url }, job));
	assert.deepEqual(
		found.map(({ speaker }) => speaker),
		['s0', 's1'],
	);
	const { response_format, chunking_strategy } = calls.get(path) ?? {};
	assert.deepEqual([response_format, chunking_strategy], ['diarized_json', 'auto']);
	assert.equal('timestamp_granularities[]' in (calls.get(path) ?? {}), false);
});

test('gpt-4o-transcribe is asked for json, LocalAI is told not to diarize', async (t) => {
	const { url, calls } = await server(t, { [path]: { text: 'Hi' } });
	const gpt = await transcriptionJob(t, {}, { engineModel: 'gpt-4o-mini-transcribe' });
	await run('openai-transcriptions', { url }, gpt);
	assert.equal(calls.get(path)?.['response_format'], 'json');
	const config = { url, dialect: 'localai' };
	await run('openai-transcriptions', config, await transcriptionJob(t));
	assert.equal(calls.get(path)?.['diarize'], 'false');
	await run('openai-transcriptions', config, await transcriptionJob(t, { diarize: true }));
	assert.equal(calls.get(path)?.['diarize'], 'true');
});

const diarize = { path: 'audio/diarization', model: 'pyannote' };

test('speakers: by a second call, each segment to its main speaker', async (t) => {
	const turns = {
		segments: [
			{ start: 0, end: 1.4, speaker: 'A' },
			{ start: 1.4, end: 2, speaker: 'A' },
			{ start: 1.9, end: 3, speaker: 'B' },
		],
	};
	const { url, calls } = await server(t, {
		[path]: { text: 'x', segments },
		'/audio/diarization': turns,
	});
	const job = await transcriptionJob(
		t,
		{ diarize: true, num_speakers: 2 },
		{ modelConfig: { diarize } },
	);
	const result = await run('openai-transcriptions', { url }, job);
	assert.deepEqual(
		transcriptOf(result).segments?.map(({ speaker }) => speaker),
		['A', 'B'],
	);
	assert.deepEqual(result.notes, []);
	const { model, num_speakers } = calls.get('/audio/diarization') ?? {};
	assert.deepEqual([model, num_speakers], ['pyannote', '2']);
});

test('a diarizer that is missing does not lose the transcript', async (t) => {
	const { url } = await server(t, { [path]: { text: 'Hello.', segments } });
	const job = await transcriptionJob(t, { diarize: true });
	const context = recorder();
	const result = await run('openai-transcriptions', { url, diarize }, job, context);
	assert.equal(transcriptOf(result).text, 'Hello.');
	assert.match(result.notes.join(), /Diarization failed: .*404/);
	assert.match(context.lines.join(), /Diarization failed/);
});

test('whisper.cpp’s server: own path, no model, its own settings', async (t) => {
	const { url, calls } = await server(t, { '/inference': { text: 'Hi' } });
	const inputs = { beam_size: 5, best_of: 8, language: 'none', remove_silence: true };
	const job = await transcriptionJob(t, inputs, { engineModel: undefined });
	const config = { url, dialect: 'whispercpp' };
	const { notes } = await run('openai-transcriptions', config, job);
	assert.equal(notes.length, 1, 'without a VAD model of its own, `vad` would fail');
	await run('openai-transcriptions', { ...config, fields: { remove_silence: 'vad' } }, job);
	const { file: _file, ...fields } = calls.get('/inference') ?? {};
	assert.deepEqual(fields, {
		language: 'auto',
		beam_size: '5',
		best_of: '8',
		vad: 'true',
		response_format: 'verbose_json',
	});
});

test('whisper.cpp’s server is checked by its health', async (t) => {
	let status = 503;
	const url = await standIn(t, (app) => {
		app.get('/health', (_request, reply) =>
			reply.code(status).send(status === 200 ? { status: 'ok' } : { error: 'loading model' }),
		);
	});
	const engine = drivers['openai-transcriptions'].create({ url, dialect: 'whispercpp' });
	const loading = await engine.check(AbortSignal.timeout(5_000));
	assert.deepEqual([loading.reachable, /loading model/.test(loading.problem ?? '')], [false, true]);
	status = 200;
	assert.deepEqual(await engine.check(AbortSignal.timeout(5_000)), { reachable: true, models: [] });
});

test('Speaches: a model that is not installed ends the job with its words', async (t) => {
	const detail =
		"Model 'x' is not installed locally. You can download the model using `POST /v1/models`";
	const url = await standIn(t, (app) => {
		app.post('/*', async (request, reply) => {
			for await (const part of request.parts()) if (part.type === 'file') part.file.resume();
			return await reply.code(404).send({ detail });
		});
	});
	const error = await engineError(
		run('openai-transcriptions', { url, dialect: 'speaches' }, await transcriptionJob(t)),
	);
	assert.equal(error.kind, 'final');
	assert.match(error.message, /not installed locally/);
});

test('a transcription without a file is refused', async (t) => {
	const job = await jobFor(t, { family: 'transcription', inputs: {}, engineModel: 'm' });
	const error = await engineError(run('openai-transcriptions', { url: 'http://127.0.0.1:9' }, job));
	assert.deepEqual([error.kind, error.message], ['final', 'test-model needs a file']);
});

test('a large recording is streamed: memory does not grow with it', async (t) => {
	const size = 256 * 1024 * 1024;
	const folder = await temporaryFolder(t);
	const large = join(folder, 'large.wav');
	const { truncate } = await import('node:fs/promises');
	await writeFile(large, '');
	await truncate(large, size);
	let received = 0;
	const url = await standIn(t, (app) => {
		app.post('/audio/transcriptions', async (request) => {
			assert.ok(Number(request.headers['content-length']) > size, 'the length is known');
			for await (const part of request.parts()) {
				if (part.type !== 'file') continue;
				for await (const chunk of part.file) received += (chunk as Buffer).length;
			}
			return { text: 'long' };
		});
	});
	const job = await transcriptionJob(t, {}, { file: await fileAt(large, 'audio/wav') });
	const before = process.memoryUsage().rss;
	let peak = 0;
	const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
	await run('openai-transcriptions', { url }, job);
	clearInterval(watch);
	assert.equal(received, size);
	assert.ok(peak - before < 128 * 1024 * 1024, `memory grew by ${peak - before} bytes`);
});
