import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { emulatedNote } from '../../src/engines/emulated.mts';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import { readImageSize } from '../../src/engines/images/image-size.mts';
import { toResult } from '../../src/engines/result.mts';
import { readWavFormat, wavSeconds } from '../../src/engines/speech/wav.mts';
import { fileAt, filesOf, jobFor, recorder, run, temporaryFolder, textOf } from './support.mts';

test('texts say that they are emulated', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'Why?' }, model: 'flan-T5' });
	const result = await run('emulated', {}, job);
	assert.equal(textOf(result), '[emulated] flan-T5 was asked: Why?');
	assert.deepEqual(result.notes, [emulatedNote]);
});

test('pictures: as many, of the size and by the seed that is asked for, and marked', async (t) => {
	const made = async (inputs: Record<string, unknown>) =>
		filesOf(
			await run('emulated', {}, await jobFor(t, { family: 'image', inputs, model: 'sdxl-base' })),
		);
	const two = await made({ prompt: 'x', samples: 2, seed: 7, aspect_ratio: 'portrait' });
	assert.equal(two.length, 2);
	assert.deepEqual(await readImageSize(two[0]?.path ?? ''), { width: 832, height: 1216 });
	const [first, second] = await Promise.all(two.map(({ path }) => readFile(path)));
	const [again] = await made({ prompt: 'y', seed: 7, aspect_ratio: 'portrait' });
	assert.deepEqual(await readFile(again?.path ?? ''), first);
	assert.notDeepEqual(second, first);
	const [boat, tree, tree2] = await Promise.all(
		['a boat', 'a tree', 'a tree'].map(async (prompt) => {
			const [file] = await made({ prompt });
			return await readFile(file?.path ?? '');
		}),
	);
	assert.notDeepEqual(boat, tree, 'without a seed, prompts have pictures of their own');
	assert.deepEqual(tree, tree2);
	assert.ok(first?.includes('Emulated: no model made this picture.'));
	assert.match(two[0]?.name ?? '', /^emulated/);
});

test('sounds: of the sample rate that is asked for, longer for more words', async (t) => {
	const speak = async (inputs: Record<string, unknown>) => {
		const job = await jobFor(t, { family: 'speech', inputs });
		const [file] = filesOf(await run('emulated', {}, job));
		const format = await readWavFormat(file?.path ?? '');
		assert.ok(format !== undefined);
		return { rate: format.sampleRate, seconds: wavSeconds(format) };
	};
	const short = await speak({ prompt: 'one' });
	const long = await speak({ prompt: 'one two three', sample_rate: 8_000 });
	assert.deepEqual([short.rate, long.rate], [25_000, 8_000]);
	assert.ok(Math.abs(long.seconds - 3 * short.seconds) < 0.01);
	assert.equal((await speak({ prompt: '', sample_rate: 1e12 })).rate, 192_000);
	const [morning, evening] = ['Good morning', 'Good evening'].map((prompt) =>
		emulatedSound({ prompt }),
	);
	assert.notDeepEqual(morning, evening, 'words of one length differ');
});

test('transcripts speak of the file, with times and speakers', async (t) => {
	const path = join(await temporaryFolder(t), 'talk.wav');
	await writeFile(path, emulatedSound({ prompt: 'a b c d', sample_rate: 16_000 }));
	const file = await fileAt(path, 'audio/wav');
	const inputs = { diarize: true, num_speakers: 2 };
	const job = await jobFor(t, { family: 'transcription', inputs, file, model: 'whisper' });
	const result = await run('emulated', {}, job);
	assert.match(
		String(toResult({ ...job, inputs: {} }, result, [])['text']),
		/^\[emulated\].*talk\.wav.*1\.4 seconds/,
	);
	const words = toResult({ ...job, inputs: { transcription_format: 'word' } }, result, [])['data'];
	assert.ok(Array.isArray(words) && words.length > 10);
	assert.deepEqual(
		Object.keys(toResult(job, result, [])),
		['text', 'notes'],
		'speakers are known, so that only the mark is noted',
	);
	assert.deepEqual(toResult(job, result, [])['notes'], [emulatedNote]);
});

test('a delay reports progress and can be aborted', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' } });
	const context = recorder();
	await run('emulated', { delayMs: 20 }, job, context);
	assert.deepEqual([context.fractions.length, context.fractions.at(-1)], [10, 1]);
	const abort = new AbortController();
	const running = run('emulated', { delayMs: 3_600_000 }, job, recorder(abort.signal));
	const reason = new Error('stopped');
	abort.abort(reason);
	await assert.rejects(running, reason);
});
