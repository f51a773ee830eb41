import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './programs/find-program.mts';
import { collectFiles, readTextFile } from './programs/command-files.mts';
import {
	argumentOf,
	fill,
	fillArguments,
	placeholdersOf,
	plainText,
} from './programs/command-template.mts';
import { parseTranscript, wordPattern } from './programs/command-transcript.mts';
import { commandSchema, templatesOf, type CommandConfig } from './programs/command-config.mts';
import {
	convertToWav,
	hasConverter,
	isRecognizerWav,
	recognizerRate,
} from './programs/convert-audio.mts';
import { defineDriver } from './driver.mts';
import {
	EngineError,
	type Engine,
	type EngineContext,
	type EngineJob,
	type EngineOutput,
} from './engine.mts';
import { requiredFile } from './job-file.mts';
import { mapParameters } from './parameters.mts';
import { ProgramNotFoundError, runProgram, type ProgramResult } from './programs/program.mts';

/** Any program: its arguments are a template, its results are its output or its files. */
export const command = defineDriver<CommandConfig>({
	schema: commandSchema,
	families: ['text', 'image', 'image-edit', 'transcription', 'speech'],
	create: createEngine,
});

const defaultMaxOutputBytes = 4 * 1024 * 1024;

function createEngine(config: CommandConfig): Engine {
	const [program = '', ...templates] = config.run;
	const file = typeof program === 'string' ? program : (program[0] ?? '');
	const words = wordPattern(config.words);
	const used = new Set(templatesOf(config).flatMap(placeholdersOf));
	return {
		async check() {
			if ((await findProgram(file)) === undefined) {
				const { message: problem } = new ProgramNotFoundError(file);
				return { reachable: false, models: [], problem, advice: `Install '${file}'.` };
			}
			if (!used.has('file.wav16k') || (await hasConverter()))
				return { reachable: true, models: [] };
			return {
				reachable: true,
				models: [],
				problem: 'Only WAV files of 16 kHz and one channel can be read',
				advice: 'Install ffmpeg, or sox.',
			};
		},
		async run(job, context) {
			const outputFolder = join(job.workFolder, 'output');
			await mkdir(outputFolder);
			const files = await fileValues(job, used, context);
			const valueOf = (name: string): string | undefined => {
				if (name === 'output') return join(outputFolder, 'output');
				if (name.startsWith('output.')) return join(outputFolder, name);
				if (name === 'model') return argumentOf(name, job.engineModel);
				if (files.has(name)) return files.get(name);
				return Object.hasOwn(job.inputs, name) ? argumentOf(name, job.inputs[name]) : undefined;
			};
			const result = await runProgram({
				file,
				args: fillArguments(templates, valueOf),
				cwd: job.workFolder,
				env: config.env ?? {},
				...(config.stdin === undefined ? {} : { stdin: fillText(config.stdin, job) }),
				maxStdoutBytes: config.maxOutputBytes ?? defaultMaxOutputBytes,
				signal: context.signal,
			});
			if (result.exitCode !== 0) throw programFailed(file, result);
			const { notes } = mapParameters(job.inputs, {
				fields: {},
				handled: [...used, ...madeByGateway],
			});
			return {
				output: await readOutput(job, config, { file, result, outputFolder, words }),
				notes,
			};
		},
	};
}

/* The gateway makes these from what the program says, and says itself when it cannot. */
const madeByGateway = ['transcription_format', 'diarize', 'num_speakers'];

/** Standard input takes a text as it is: no program reads options from it. */
const fillText = (template: string, job: EngineJob): string =>
	fill(template, (name) => {
		const value = Object.hasOwn(job.inputs, name) ? job.inputs[name] : undefined;
		return value === undefined || value === null ? undefined : plainText(value);
	});

async function fileValues(
	job: EngineJob,
	used: ReadonlySet<string>,
	{ signal }: EngineContext,
): Promise<ReadonlyMap<string, string>> {
	const values = new Map<string, string>();
	if (job.file !== undefined) values.set('file', job.file.path);
	if (used.has('file.wav16k') && (job.file !== undefined || job.family === 'transcription')) {
		const { path } = requiredFile(job);
		const to = join(job.workFolder, 'input-16k.wav');
		const ready = await isRecognizerWav(path);
		values.set(
			'file.wav16k',
			ready ? path : (await convertToWav(path, to, recognizerRate, signal)).path,
		);
	}
	return values;
}

interface Finished {
	readonly file: string;
	readonly result: ProgramResult;
	readonly outputFolder: string;
	readonly words: RegExp | undefined;
}

async function readOutput(
	job: EngineJob,
	config: CommandConfig,
	{ file, result, outputFolder, words }: Finished,
): Promise<EngineOutput> {
	const isText = job.family === 'text' || job.family === 'transcription';
	if (!isText) {
		const files = await collectFiles(outputFolder, config.maxFileBytes);
		if (files.length === 0) throw programFailed(file, result, 'wrote no output file');
		return { kind: 'files', files };
	}
	const max = config.maxOutputBytes ?? defaultMaxOutputBytes;
	const text = config.text === 'file' ? await readTextFile(outputFolder, max) : result.stdout;
	if (text === undefined) throw programFailed(file, result, 'wrote no output file');
	if (job.family === 'text') return { kind: 'text', text: text.trim() };
	const transcript = parseTranscript(text, config.result ?? 'text', words);
	if (transcript === undefined) throw programFailed(file, result, 'wrote no transcript');
	return { kind: 'transcript', transcript };
}

/** With the end of what the program said about it. */
function programFailed(
	file: string,
	{ exitCode, stderr }: ProgramResult,
	what?: string,
): EngineError {
	const happened = what ?? `ended with exit code ${exitCode}`;
	const words = stderr.split('\n').slice(-5).join('\n').slice(-1000);
	return new EngineError(`${file} ${happened}${words === '' ? '' : `: ${words}`}`, 'failed');
}
