import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { resolve } from 'node:path';
import { EngineError } from '../engine.mts';
import { findProgram } from './find-program.mts';
import { killedWithParent } from './parent-death.mts';

export interface ProgramRun {
	readonly file: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Written to the program's standard input, which is then closed. */
	readonly stdin?: string;
	/** A program that writes more to its standard output is ended. */
	readonly maxStdoutBytes: number;
	readonly signal: AbortSignal;
}

export interface ProgramResult {
	readonly exitCode: number;
	readonly stdout: string;
	/** The end of it. */
	readonly stderr: string;
}

/** The program does not exist on this machine. */
export class ProgramNotFoundError extends EngineError {
	constructor(file: string) {
		super(`The program '${file}' is not installed, or not in PATH`, 'final');
	}
}

const stderrBytes = 8 * 1024;
/** How long a program has to end by itself before it is killed. */
const terminationGraceMs = 2_000;

/* What programs need; nothing else of the gateway's environment, which may hold keys. */
const passedOn = [
	'PATH',
	'HOME',
	'LANG',
	'LC_ALL',
	'TZ',
	'TMPDIR',
	'SystemRoot',
	'PATHEXT',
	'TEMP',
];

/**
 * Runs a program without a shell, in a process group of its own that is ended with it.
 * @throws ProgramNotFoundError; EngineError (failed) when it was killed, (final) when it wrote too much; the signal's reason
 *     when it is aborted, once the program has ended
 */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
	const child = await start(run);
	const stdout: Buffer[] = [];
	let stdoutSize = 0;
	let stderr: Buffer = Buffer.alloc(0);
	let escalation: NodeJS.Timeout | undefined;

	const terminate = (): void => {
		if (escalation !== undefined) return;
		killGroup(child, 'SIGTERM');
		escalation = setTimeout(() => killGroup(child, 'SIGKILL'), terminationGraceMs);
	};
	child.stdout.on('data', (chunk: Buffer) => {
		stdoutSize += chunk.length;
		if (stdoutSize > run.maxStdoutBytes) terminate();
		else stdout.push(chunk);
	});
	child.stderr.on('data', (chunk: Buffer) => {
		stderr = Buffer.concat([stderr, chunk]).subarray(-stderrBytes);
	});
	// A program that ends without reading all of its input is no error.
	child.stdin.on('error', () => undefined);
	child.stdin.end(run.stdin ?? '');
	run.signal.addEventListener('abort', terminate, { once: true });
	try {
		const { code, killedBy } = await ended(child);
		run.signal.throwIfAborted();
		if (stdoutSize > run.maxStdoutBytes) {
			throw new EngineError(`${run.file} wrote more than ${run.maxStdoutBytes} bytes`, 'final');
		}
		if (code === null) throw new EngineError(`${run.file} was killed by ${killedBy}`, 'failed');
		return {
			exitCode: code,
			stdout: Buffer.concat(stdout).toString('utf8'),
			stderr: stderr.toString('utf8').trim(),
		};
	} finally {
		clearTimeout(escalation);
		run.signal.removeEventListener('abort', terminate);
	}
}

/** @throws ProgramNotFoundError; EngineError when the program cannot be started */
async function start(run: ProgramRun): Promise<ChildProcessWithoutNullStreams> {
	// Looked up here: setpriv would be found and only fail by itself, and a relative path is the gateway's, not the job's.
	const program = await findProgram(run.file);
	run.signal.throwIfAborted();
	if (program === undefined) throw new ProgramNotFoundError(run.file);
	const [file = program, ...args] = [...(await killedWithParent()), resolve(program), ...run.args];
	run.signal.throwIfAborted();
	try {
		return spawn(file, args, {
			cwd: run.cwd,
			env: { ...environment(), ...run.env },
			stdio: 'pipe',
			detached: process.platform !== 'win32',
			windowsHide: true,
		});
	} catch (error) {
		throw startError(error);
	}
}

function startError(error: unknown): EngineError {
	const text = error instanceof Error ? error.message : String(error);
	return text.includes('E2BIG')
		? new EngineError("A text is too long for an argument: use the command's 'stdin'", 'final')
		: new EngineError(text, 'failed');
}

interface End {
	readonly code: number | null;
	readonly killedBy: NodeJS.Signals | null;
}

/** Resolves when the program has ended and its output is read; what it left running in its group is killed. */
const ended = (child: ChildProcess): Promise<End> =>
	new Promise((settle, reject) => {
		child.once('error', (error) => {
			if (child.pid === undefined) reject(startError(error));
		});
		// A grandchild that holds the pipes open would delay 'close' for ever.
		child.once('exit', () => killGroup(child, 'SIGKILL'));
		child.once('close', (code, killedBy) => settle({ code, killedBy }));
	});

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		if (process.platform === 'win32') child.kill(signal);
		else process.kill(-child.pid, signal);
	} catch {
		// The group has ended.
	}
}

const environment = (): Record<string, string> =>
	Object.fromEntries(
		passedOn.flatMap((name) => {
			const value = process.env[name];
			return value === undefined ? [] : [[name, value]];
		}),
	);
