import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program that was started with everything it starts itself, and is ended the same way. */
export interface ChildProcess {
	readonly pid: number;
	/** The exit code, or null while the program runs. A program ended by a signal counts as -1. */
	exitCode(): number | null;
	/** Settles when the program has ended, with its exit code. */
	readonly ended: Promise<number>;
	/** Asks the whole tree to end, and after `minTimeoutMs` ends it. */
	stop(minTimeoutMs?: number): Promise<void>;
	/** Ends the whole tree at once, as a power cut would: nothing gets to say goodbye. */
	kill(): Promise<void>;
}

export interface ChildProcessOptions {
	command: string;
	args: string[];
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** Receives standard output and standard error. */
	logFile: string;
}

const running = new Set<number>();
const lastSteps = new Set<() => void>();
const windows = process.platform === 'win32';

function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
	if (windows) {
		spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
		return;
	}
	try {
		// The negative number means the process group, which grandchildren belong to as well.
		process.kill(-pid, signal);
	} catch {
		// Nothing of the group is left, which is what was asked for.
	}
}

function treeLives(pid: number): boolean {
	if (windows) return false;
	try {
		process.kill(-pid, 0);
		return true;
	} catch {
		return false;
	}
}

let guarded = false;
let interrupted = false;

function killAll(): void {
	for (const pid of running) signalTree(pid, 'SIGKILL');
}

/** Makes sure that no child outlives this process, however it ends (short of SIGKILL). */
function guardExit(): void {
	if (guarded) return;
	guarded = true;
	// An uncaught exception ends in 'exit' too, so this one place covers it.
	process.on('exit', () => {
		killAll();
		for (const step of lastSteps) step();
	});
	for (const [signal, code] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const) {
		process.on(signal, () => {
			if (interrupted) return;
			interrupted = true;
			killAll();
			// Work that has set its outcome already is only being dismissed: then that outcome counts.
			// Not at once: tsx kills what has not told it of the signal, and telling takes a moment.
			setTimeout(() => process.exit(process.exitCode ?? code), 20);
		});
	}
}

/**
 * Runs `step` when this process ends, after all children are gone: for temporary folders.
 * It must be synchronous. Returns a function that takes the step back.
 */
export function atExit(step: () => void): () => void {
	guardExit();
	lastSteps.add(step);
	return () => void lastSteps.delete(step);
}

/**
 * Ends this process when the shell that npm started it in is gone: npm passes a signal on to that
 * shell only, which dies of it without telling us. Does nothing when npm did not start us.
 */
export function endWithNpm(): void {
	if (windows || !process.env.npm_lifecycle_event) return;
	const parent = process.ppid;
	const watch = setInterval(() => {
		if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
	}, 500);
	watch.unref();
}

/** Starts a program in a process group of its own, so that it can be ended with its children. */
export function startProcess(options: ChildProcessOptions): ChildProcess {
	guardExit();
	const log = openSync(options.logFile, 'a');
	const child = spawn(options.command, options.args, {
		cwd: options.cwd,
		env: options.env,
		detached: !windows,
		stdio: ['ignore', log, log],
		windowsHide: true,
	});
	closeSync(log);
	const pid = child.pid;
	if (pid !== undefined) running.add(pid);

	let code: number | null = null;
	const ended = new Promise<number>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (exitCode) => {
			code = exitCode ?? -1;
			// Killed because we are ending: nobody should report it as an incident.
			if (!interrupted) resolve(code);
		});
	});
	// Whoever awaits it sees the rejection; nobody has to.
	ended.catch(() => undefined);
	if (pid === undefined) {
		// Not startable (for instance not executable): `ended` carries the reason.
		return {
			pid: -1,
			exitCode: () => -1,
			ended,
			stop: async () => undefined,
			kill: async () => undefined,
		};
	}

	return {
		pid,
		exitCode: () => code,
		ended,
		async stop(minTimeoutMs = 5000) {
			signalTree(pid, 'SIGTERM');
			const deadline = Date.now() + minTimeoutMs;
			// The leader may be gone while a grandchild is still shutting down: the group counts.
			while (treeLives(pid) && Date.now() < deadline) {
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			if (treeLives(pid)) signalTree(pid, 'SIGKILL');
			await ended.catch(() => undefined);
			running.delete(pid);
		},
		async kill() {
			signalTree(pid, 'SIGKILL');
			await ended.catch(() => undefined);
			running.delete(pid);
		},
	};
}

/** The last lines of a log file, for an error message. */
export function logTail(logFile: string, lines = 25): string {
	try {
		return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
	} catch {
		return '(no log was written)';
	}
}
