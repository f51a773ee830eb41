/*
 * The command driver with real programs, and speech from the built-in voice that a real recognizer understands. Each test
 * needs Debian packages (pocketsphinx, pocketsphinx-en-us, flite, sox, ffmpeg, imagemagick) and is skipped aloud without.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { convertToWav, isRecognizerWav } from '../../src/engines/programs/convert-audio.mts';
import { emulatedPng } from '../../src/engines/emulation/emulated-image.mts';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import { EngineError, type EngineFile } from '../../src/engines/engine.mts';
import { findProgram } from '../../src/engines/programs/find-program.mts';
import { readImageSize } from '../../src/engines/images/image-size.mts';
import { toResult } from '../../src/engines/result.mts';
import { parseSrt } from '../../src/engines/transcripts/subtitles.mts';
import { readWavFormat, wavSeconds } from '../../src/engines/speech/wav.mts';
import { fileAt, filesOf, jobFor, run, temporaryFolder, transcriptOf } from './support.mts';

const execute = promisify(execFile);
const { signal } = new AbortController();

/** Skips the test, and says so beyond the test's own output, when a program is missing. */
async function needs(t: TestContext, ...programs: string[]): Promise<boolean> {
	for (const program of programs) {
		if ((await findProgram(program)) !== undefined) continue;
		process.stderr.write(`SKIPPED, ${program} is not installed: ${t.name}\n`);
		t.skip(`${program} is not installed`);
		return false;
	}
	return true;
}

const pocketsphinx = {
	run: [
		...['pocketsphinx_continuous', '-infile', '{file.wav16k}'],
		...['-time', 'yes', '-logfn', '/dev/null'],
	],
	words: String.raw`^(?<word>\S+) (?<start>[\d.]+) (?<end>[\d.]+) [\d.]+$`,
};

const sentence = 'please turn on the light in the kitchen';

async function spoken(t: TestContext, inputs: Record<string, unknown> = {}): Promise<EngineFile> {
	const job = await jobFor(t, { family: 'speech', inputs: { prompt: sentence, ...inputs } });
	const [file] = filesOf(await run('flite', { voice: 'rms' }, job));
	assert.ok(file !== undefined);
	return file;
}

test('text → flite → pocketsphinx → the same words, with times and subtitles', async (t) => {
	if (!(await needs(t, 'pocketsphinx_continuous'))) return;
	const file = await spoken(t);
	const seconds = wavSeconds((await readWavFormat(file.path)) ?? assert.fail());
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	const result = await run('command', pocketsphinx, job);
	assert.equal(transcriptOf(result).text, sentence);

	const worded = toResult({ ...job, inputs: { transcription_format: 'word' } }, result, []);
	const lines = worded['data'];
	assert.ok(Array.isArray(lines));
	assert.deepEqual(
		lines.map((line) => String(line).split(' :: ')[1]),
		sentence.split(' '),
	);
	const times = lines.flatMap((line) => parseSrt(`1\n${String(line)}\nx`));
	assert.equal(times.length, lines.length);
	for (const [index, { start, end }] of times.entries()) {
		assert.ok(start >= (times[index - 1]?.end ?? 0) - 0.02, `word ${index} begins after the last`);
		assert.ok(end > start && end <= seconds + 0.1, `word ${index} ends within the recording`);
	}

	const subtitled = toResult({ ...job, inputs: { transcription_format: 'srt' } }, result, []);
	const cues = parseSrt(String(subtitled['text']));
	assert.equal(cues.map(({ text }) => text).join(' '), sentence);
	assert.equal(worded['notes'], undefined);
	assert.equal(subtitled['notes'], undefined);
});

test('a recording in another form is converted for the recognizer', async (t) => {
	if (!(await needs(t, 'pocketsphinx_continuous', 'ffmpeg'))) return;
	const wav = await spoken(t);
	const path = join(await temporaryFolder(t), 'speech.m4a');
	await execute('ffmpeg', ['-loglevel', 'error', '-i', wav.path, '-b:a', '96k', path]);
	const file = await fileAt(path, 'audio/mp4');
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	assert.equal(transcriptOf(await run('command', pocketsphinx, job)).text, sentence);
});

test('Debian’s flite by the command driver is understood as well, but for a word', async (t) => {
	if (!(await needs(t, 'flite', 'pocketsphinx_continuous'))) return;
	const speech = await jobFor(t, { family: 'speech', inputs: { prompt: sentence } });
	const flite = { run: ['flite', '-voice', 'rms', '-t', '{prompt}', '-o', '{output.wav}'] };
	const [file] = filesOf(await run('command', flite, speech));
	assert.ok(file !== undefined);
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	const heard = transcriptOf(await run('command', pocketsphinx, job)).text.split(' ');
	const right = sentence.split(' ').filter((word, index) => heard[index] === word);
	// Other builds of the same voice differ in a sound or two: Debian 12's "light" is heard as "line".
	assert.ok(right.length >= 7, heard.join(' '));
});

test('the built-in voice at another sample rate is still understood', async (t) => {
	if (!(await needs(t, 'pocketsphinx_continuous', 'ffmpeg'))) return;
	const file = await spoken(t, { sample_rate: 44_100 });
	assert.equal((await readWavFormat(file.path))?.sampleRate, 44_100);
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	assert.equal(transcriptOf(await run('command', pocketsphinx, job)).text, sentence);
});

/** Works with no other program in PATH. */
async function onlyWith(t: TestContext, program: string, work: () => Promise<void>): Promise<void> {
	const bin = await temporaryFolder(t);
	await symlink((await findProgram(program)) ?? '', join(bin, program));
	const path = process.env['PATH'];
	process.env['PATH'] = bin;
	try {
		await work();
	} finally {
		process.env['PATH'] = path;
	}
}

test('sox converts where there is no ffmpeg', async (t) => {
	if (!(await needs(t, 'sox'))) return;
	const folder = await temporaryFolder(t);
	const from = join(folder, 'a.wav');
	const to = join(folder, 'b.wav');
	await writeFile(from, emulatedSound({ prompt: 'a b c', sample_rate: 44_100 }));
	await onlyWith(t, 'sox', async () => {
		await convertToWav(from, to, 16_000, signal);
	});
	assert.equal(await isRecognizerWav(to), true);
});

test('a recording that says it is endless is cut off and refused', async (t) => {
	if (!(await needs(t, 'sox', 'ffmpeg'))) return;
	const folder = await temporaryFolder(t);
	const from = join(folder, 'silence.flac');
	const minute = ['-n', '-r', '16000', '-c', '1', from, 'trim', '0', '60'];
	await execute('sox', minute);
	const maxBytes = 10 * 32_000;
	for (const program of ['ffmpeg', 'sox']) {
		const to = join(folder, `${program}.wav`);
		await onlyWith(t, program, async () => {
			await assert.rejects(
				convertToWav(from, to, 16_000, signal, maxBytes),
				/silence\.flac is longer than 10 s/,
			);
		});
		assert.ok((await stat(to)).size < maxBytes + 1_000, program);
	}
	await convertToWav(from, join(folder, 'all.wav'), 16_000, signal);
});

test('a playlist is not followed: neither files nor addresses are read', async (t) => {
	if (!(await needs(t, 'ffmpeg'))) return;
	const folder = await temporaryFolder(t);
	const secret = join(folder, 'secret.wav');
	await writeFile(secret, emulatedSound({ prompt: 'secret', sample_rate: 16_000 }));
	const attacks = {
		'hls.mp3': `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${secret}\n#EXT-X-ENDLIST\n`,
		'http.mp3': '#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/x.wav\n#EXT-X-ENDLIST\n',
		'concat.mp3': `ffconcat version 1.0\nfile '${secret}'\n`,
		'text.wav': 'this is no sound',
		'empty.wav': '',
	};
	for (const [name, content] of Object.entries(attacks)) {
		const path = join(folder, name);
		await writeFile(path, content);
		const converting = convertToWav(path, join(folder, `${name}.out`), 16_000, signal);
		await assert.rejects(converting, (error) => {
			assert.ok(error instanceof EngineError);
			assert.equal(error.kind, 'final', error.message);
			assert.doesNotMatch(
				error.message,
				new RegExp(folder),
				'no path of this machine in the error',
			);
			return true;
		});
	}
});

const grayscale = {
	run: ['convert', 'png:{file}', '-colorspace', 'Gray', 'png:{output.png}'],
};

async function pictureFile(t: TestContext): Promise<EngineFile> {
	const path = join(await temporaryFolder(t), 'in.png');
	await writeFile(path, emulatedPng({ width: 120, height: 80 }, 1));
	return await fileAt(path, 'image/png');
}

test('ImageMagick edits a picture', async (t) => {
	if (!(await needs(t, 'convert'))) return;
	const file = await pictureFile(t);
	const job = await jobFor(t, { family: 'image-edit', inputs: { prompt: 'grey' }, file });
	const [made] = filesOf(await run('command', grayscale, job));
	assert.deepEqual(await readImageSize(made?.path ?? ''), { width: 120, height: 80 });
	assert.equal(made?.mimeType, 'image/png');
});

test('a prompt does not make ImageMagick read a file', async (t) => {
	if (!(await needs(t, 'convert'))) return;
	const caption = { run: ['convert', '-size', '400x60', 'caption:{prompt}', 'png:{output.png}'] };
	const folder = await temporaryFolder(t);
	const secret = join(folder, 'secret.txt');
	await writeFile(secret, 'XXXXXXXX');
	const pictureOf = async (prompt: string) => {
		const job = await jobFor(t, { family: 'image', inputs: { prompt } });
		const [made] = filesOf(await run('command', caption, job));
		const { stdout } = await execute('convert', [made?.path ?? '', '-depth', '8', 'rgb:-'], {
			encoding: 'buffer',
			maxBuffer: 2 ** 24,
		});
		return stdout;
	};
	const read = await pictureOf('XXXXXXXX');
	for (const attack of [`@${secret}`, ` @${secret}`]) {
		assert.notDeepEqual(await pictureOf(attack), read, attack);
	}
});
