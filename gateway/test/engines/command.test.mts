import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { drivers } from '../../src/engines/drivers.mts';
import { emulatedSound } from '../../src/engines/emulation/emulated-sound.mts';
import { killedWithParent } from '../../src/engines/programs/parent-death.mts';
import {
	engineError,
	fileAt,
	filesOf,
	jobFor,
	recorder,
	run,
	temporaryFolder,
	textOf,
	transcriptOf,
} from './support.mts';

/* Programs of these tests are Node.js itself with a script, so that they run everywhere. */
const node = process.execPath;
const script = (code: string, ...args: (string | string[])[]) => ({
	run: [node, '-e', code, '--', ...args],
});
const printArguments = 'console.log(JSON.stringify(process.argv.slice(1)))';

async function argumentsFor(
	t: TestContext,
	inputs: Record<string, unknown>,
	...args: (string | string[])[]
): Promise<string[]> {
	const job = await jobFor(t, { family: 'text', inputs, engineModel: 'the-model' });
	const parsed: unknown = JSON.parse(
		textOf(await run('command', script(printArguments, ...args), job)),
	);
	assert.ok(Array.isArray(parsed));
	return parsed.map(String);
}

test('each template is one argument, whatever is in the values', async (t) => {
	const nasty = `two words; rm -rf / $(id) \`id\` "quoted" 'q' | & > \\ \n {system_prompt} é`;
	const inputs = { prompt: nasty, system_prompt: 'S', temp: 0.5, seed: -1 };
	const args = [
		'{prompt}',
		'a={system_prompt},{temp}',
		'{seed}',
		'{model}',
		'{unknown}',
		'{}',
		'{ x',
	];
	assert.deepEqual(await argumentsFor(t, inputs, ...args), [
		nasty,
		'a=S,0.5',
		'-1',
		'the-model',
		'',
		'{}',
		'{ x',
	]);
});

test('a text is never read as an option or as the name of a file', async (t) => {
	const attacks = [
		['--output=/etc/passwd', ' --output=/etc/passwd'],
		['-x', ' -x'],
		['@/etc/passwd', '＠/etc/passwd'],
		[' \n@/etc/passwd', ' \n＠/etc/passwd'],
	] as const;
	for (const [attack, harmless] of attacks) {
		const args = await argumentsFor(t, { prompt: attack }, '{prompt}', 'caption:{prompt}');
		assert.deepEqual(args, [harmless, `caption:${harmless}`]);
	}
	assert.deepEqual(await argumentsFor(t, { prompt: 'a-b@c' }, '{prompt}'), ['a-b@c']);
	// A list, which the contract lets through for inputs that it does not know.
	assert.deepEqual(await argumentsFor(t, { extra: ['--output=x'] }, '{extra}'), ['["--output=x"]']);
});

test('a text with a null character ends the job', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'a\0b' } });
	const error = await engineError(run('command', script('', '{prompt}'), job));
	assert.deepEqual([error.kind, error.message], ['final', "'prompt' contains a null character"]);
});

test('a text that is too long for an argument ends the job with the remedy', async (t) => {
	const prompt = 'word '.repeat(1_000_000);
	const job = await jobFor(t, { family: 'text', inputs: { prompt } });
	const error = await engineError(run('command', script('', '{prompt}'), job));
	assert.equal(error.kind, 'final');
	assert.match(error.message, /use the command's 'stdin'/);
	const echo = { ...script('process.stdin.pipe(process.stdout)'), stdin: '{prompt}' };
	const piped = await run(
		'command',
		{ ...echo, maxOutputBytes: 10_000_000 },
		{
			...job,
			workFolder: await temporaryFolder(t),
		},
	);
	assert.equal(textOf(piped), prompt.trim());
});

test('names of every object’s properties are no parameters', async (t) => {
	assert.deepEqual(await argumentsFor(t, {}, '{constructor}', '{toString}', '{__proto__}'), [
		'',
		'',
		'',
	]);
});

test('a group is left out when one of its parameters is missing', async (t) => {
	const groups = [['-l', '{language}'], ['-b', '{beam_size}'], 'end'];
	assert.deepEqual(await argumentsFor(t, { prompt: 'x', beam_size: 0 }, ...groups), [
		'-b',
		'0',
		'end',
	]);
});

test('standard input takes the prompt as it is', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: { prompt: '-x @y' } });
	const echo = { ...script('process.stdin.pipe(process.stdout)'), stdin: 'Say: {prompt}' };
	assert.equal(textOf(await run('command', echo, job)), 'Say: -x @y');
});

test('parameters that the command does not use are noted', async (t) => {
	const inputs = { prompt: 'x', temp: 0.5, top_k: 3, diarize: true };
	const job = await jobFor(t, { family: 'text', inputs });
	const { notes } = await run('command', script('console.log(1)', '{prompt}', '{temp}'), job);
	assert.deepEqual(notes, ["'top_k' had no effect: the engine has no such setting"]);
});

test('files: in by a placeholder, out in the order of their numbers', async (t) => {
	const path = join(await temporaryFolder(t), 'in.bin');
	await writeFile(path, 'input');
	const code = `
		const fs = require('fs');
		const [input, output] = process.argv.slice(1);
		for (const n of [10, 2]) fs.writeFileSync(output.replace('.png', '-' + n + '.png'), fs.readFileSync(input) + n);
		fs.writeFileSync(output.replace('.png', '-empty.png'), '');
		fs.symlinkSync('/etc/passwd', output.replace('.png', '-1.png'));
		fs.writeFileSync('scratch', 'not in the output folder');`;
	const file = await fileAt(path, 'image/png');
	const job = await jobFor(t, { family: 'image-edit', inputs: { prompt: 'x' }, file });
	const files = filesOf(await run('command', script(code, '{file}', '{output.png}'), job));
	assert.deepEqual(
		files.map(({ name, mimeType, size }) => [name, mimeType, size]),
		[
			['output-2.png', 'image/png', 6],
			['output-10.png', 'image/png', 7],
		],
	);
	assert.equal(await readFile(files[0]?.path ?? '', 'utf8'), 'input2');
});

test('a program that writes no file has failed, with its own words', async (t) => {
	const job = await jobFor(t, { family: 'speech', inputs: { prompt: 'x' } });
	const code = 'console.error("error: cannot open model")';
	const error = await engineError(run('command', script(code, '{output.wav}'), job));
	assert.equal(error.kind, 'failed');
	assert.match(error.message, /wrote no output file: error: cannot open model$/);
});

test('an exit code, a signal and a missing program', async (t) => {
	const job = () => jobFor(t, { family: 'text', inputs: {} });
	const exit = await engineError(
		run('command', script('console.error("no"); process.exit(3)'), await job()),
	);
	assert.equal(exit.kind, 'failed');
	assert.match(exit.message, /ended with exit code 3: no$/);
	const killed = await engineError(
		run(
			'command',
			script('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 9)'),
			await job(),
		),
	);
	assert.equal(killed.kind, 'failed');
	assert.match(killed.message, /killed by SIGKILL/);
	const config = { run: ['no-such-program-anywhere'] };
	const missing = await engineError(run('command', config, await job()));
	assert.equal(missing.kind, 'final');
	const check = await drivers.command.create(config).check(AbortSignal.timeout(5_000));
	assert.equal(check.reachable, false);
	assert.match(check.problem ?? '', /'no-such-program-anywhere' is not installed/);
	const present = await drivers.command.create({ run: [node] }).check(AbortSignal.timeout(5_000));
	assert.deepEqual(present, { reachable: true, models: [] });
});

test('a program that writes without end is ended', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: {} });
	const endless = script('const w = () => process.stdout.write("x".repeat(65536), w); w()');
	const error = await engineError(run('command', { ...endless, maxOutputBytes: 100_000 }, job));
	assert.equal(error.kind, 'final');
	assert.match(error.message, /wrote more than 100000 bytes/);
});

test('output files that are too large end the job', async (t) => {
	const job = await jobFor(t, { family: 'speech', inputs: {} });
	const code = 'require("fs").writeFileSync(process.argv[1], "x".repeat(2000))';
	const config = { ...script(code, '{output.wav}'), maxFileBytes: 1000 };
	assert.equal((await engineError(run('command', config, job))).kind, 'final');
});

test('secrets in the gateway’s environment are not the program’s', async (t) => {
	process.env['GATEWAY_TEST_SECRET'] = 'secret';
	t.after(() => delete process.env['GATEWAY_TEST_SECRET']);
	const job = await jobFor(t, { family: 'text', inputs: {} });
	const config = { ...script('console.log(JSON.stringify(process.env))'), env: { MODEL: 'm' } };
	const environment = textOf(await run('command', config, job));
	assert.doesNotMatch(environment, /secret/);
	assert.match(environment, /"MODEL":"m"/);
	assert.match(environment, /"PATH":/);
});

const isRunning = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

async function hasEnded(pid: number): Promise<void> {
	while (isRunning(pid)) await sleep(10);
}

test('an abort ends the program with everything that it has started', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: {} });
	const pids = join(job.workFolder, 'pids');
	const code = `
		const { spawn } = require('child_process');
		process.on('SIGTERM', () => {});
		const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
		child.once('spawn', () => setTimeout(() => require('fs').writeFileSync('pids', process.pid + ' ' + child.pid), 200));
		setInterval(() => {}, 1000);`;
	const abort = new AbortController();
	const running = run('command', script(code), job, recorder(abort.signal));
	let found: number[] = [];
	while (found.length < 2) {
		await sleep(20);
		found = (await readFile(pids, 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number);
	}
	const reason = new Error('the deadline has passed');
	abort.abort(reason);
	await assert.rejects(running, reason);
	for (const pid of found) await hasEnded(pid);
});

test('what a program leaves running in its group is ended with it', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: {} });
	const code = `
		const { spawn } = require('child_process');
		const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
		child.once('spawn', () => { console.log(child.pid); process.exitCode = 0; child.unref(); });`;
	await hasEnded(Number(textOf(await run('command', script(code), job))));
});

test('a program does not outlive a gateway that is killed', async (t) => {
	if ((await killedWithParent()).length === 0) {
		process.stderr.write(`SKIPPED, this system has no setpriv of util-linux: ${t.name}\n`);
		t.skip('no setpriv');
		return;
	}
	const folder = await temporaryFolder(t);
	const module = new URL('../../src/engines/programs/program.mts', import.meta.url).href;
	const gateway = `
		const { runProgram } = await import(${JSON.stringify(module)});
		const code = 'require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)';
		await runProgram({ file: process.execPath, args: ['-e', code], cwd: ${JSON.stringify(folder)},
			maxStdoutBytes: 100, signal: new AbortController().signal });`;
	const parent = spawn(node, ['--input-type=module', '-e', gateway], { stdio: 'inherit' });
	t.after(() => parent.kill('SIGKILL'));
	let pid = 0;
	while (pid === 0) {
		await sleep(20);
		pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
	}
	assert.equal(isRunning(pid), true);
	parent.kill('SIGKILL');
	await hasEnded(pid);
});

test('an aborted job starts no program', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: {} });
	const reason = new Error('stopped');
	const context = recorder(AbortSignal.abort(reason));
	await assert.rejects(run('command', { run: ['no-such-program-anywhere'] }, job, context), reason);
});

async function transcribed(t: TestContext, code: string, config: Record<string, unknown> = {}) {
	const job = await jobFor(t, {
		family: 'transcription',
		inputs: { transcription_format: 'word' },
	});
	return transcriptOf(
		await run('command', { ...script(code, '{output.txt}', '{output}'), ...config }, job),
	);
}

const words = String.raw`^(?<word>\S+) (?<start>[\d.]+) (?<end>[\d.]+) [\d.]+$`;

test('lines that match `words` are word times and not text', async (t) => {
	const lines =
		'turn on the light\n<s> 0 0.1 1\nturn 0.1 0.4 0.9\non(2) 0.4 0.6 0.9\n[NOISE] 1 2 1\n++UM++ 2 3 1\n';
	assert.deepEqual(
		await transcribed(t, `process.stdout.write(${JSON.stringify(lines)})`, { words }),
		{
			text: 'turn on the light',
			words: [
				{ word: 'turn', start: 0.1, end: 0.4 },
				{ word: 'on', start: 0.4, end: 0.6 },
			],
		},
	);
});

test('transcripts as text, subtitles and whisper.cpp’s JSON', async (t) => {
	const write = (text: string, ending = '.txt') =>
		`require('fs').writeFileSync(process.argv[2] + ${JSON.stringify(ending)}, ${JSON.stringify(text)})`;
	const file = { text: 'file' };
	assert.deepEqual(await transcribed(t, write(' Hello. \n'), file), { text: 'Hello.' });
	const srt = '1\n00:00:00,000 --> 00:00:01,000\nHello.\n';
	assert.deepEqual(await transcribed(t, write(srt, '.srt'), { ...file, result: 'srt' }), {
		text: 'Hello.',
		segments: [{ start: 0, end: 1, text: 'Hello.' }],
	});
	const token = (text: string, from: number, to: number) => ({ text, offsets: { from, to } });
	const json = JSON.stringify({
		result: { language: 'en' },
		transcription: [
			{
				offsets: { from: 0, to: 1200 },
				text: ' Hello there',
				tokens: [
					token('[_BEG_]', 0, 0),
					token(' Hel', 0, 300),
					token('lo', 300, 500),
					token(' there', 500, 1200),
				],
			},
		],
	});
	assert.deepEqual(
		await transcribed(t, write(json, '.json'), { ...file, result: 'whisper-json' }),
		{
			text: 'Hello there',
			language: 'en',
			segments: [{ start: 0, end: 1.2, text: 'Hello there' }],
			words: [
				{ word: 'Hello', start: 0, end: 0.5 },
				{ word: 'there', start: 0.5, end: 1.2 },
			],
		},
	);
});

test('a transcript in another form than configured has failed', async (t) => {
	for (const result of ['srt', 'whisper-json']) {
		const job = await jobFor(t, { family: 'transcription', inputs: {} });
		const config = { ...script('console.log("Hello.")'), result };
		assert.equal((await engineError(run('command', config, job))).kind, 'failed');
	}
});

test('a recording that is 16 kHz mono already is given as it is', async (t) => {
	const path = join(await temporaryFolder(t), 'a.wav');
	await writeFile(path, emulatedSound({ prompt: 'x', sample_rate: 16_000 }));
	const file = await fileAt(path, 'audio/wav');
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	const result = await run('command', script('console.log(process.argv[1])', '{file.wav16k}'), job);
	assert.equal(transcriptOf(result).text, path);
});

test('without ffmpeg and sox, other recordings are refused with the reason', async (t) => {
	const folder = await temporaryFolder(t);
	const path = process.env['PATH'];
	process.env['PATH'] = folder;
	t.after(() => (process.env['PATH'] = path));
	const recording = join(folder, 'talk.wav');
	await writeFile(recording, emulatedSound({ prompt: 'x', sample_rate: 44_100 }));
	const file = await fileAt(recording, 'audio/wav');
	const job = await jobFor(t, { family: 'transcription', inputs: {}, file });
	const config = script('console.log(1)', '{file.wav16k}');
	const error = await engineError(run('command', config, job));
	assert.equal(error.kind, 'final');
	assert.match(error.message, /talk\.wav has to be converted, but neither ffmpeg nor sox/);
	const check = await drivers.command.create(config).check(AbortSignal.timeout(5_000));
	assert.deepEqual([check.reachable, check.advice], [true, 'Install ffmpeg, or sox.']);
});

test('a configuration that is none is refused', () => {
	for (const config of [{}, { run: [] }, { run: 'ls -l' }, { run: ['x'], text: 'screen' }]) {
		assert.throws(() => drivers.command.create(config), /data/);
	}
	const run = ['x'];
	assert.throws(
		() => drivers.command.create({ run, words: '(?<word>x)' }),
		/\(\?<start>…\) is missing/,
	);
	const broken = '(?<word>x)(?<start>x)(?<end>x';
	assert.throws(() => drivers.command.create({ run, words: broken }), /Invalid regular expression/);
});
