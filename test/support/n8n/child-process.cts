import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program in its own process group: it ends together with everything that it started. */
export interface ChildProcess {
	readonly pid: number;
	/** The exit code, or null while the program runs; -1 when a signal ended it. */
	exitCode(): number | null;
	/** Settles when the program has ended, with its exit code. */
	readonly ended: Promise<number>;
	/** Sends SIGTERM to the whole tree, and SIGKILL after `killAfterMs`. */
	stop(killAfterMs?: number): Promise<void>;
	/** Sends SIGKILL to the whole tree. */
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
		// A negative number is the process group, which includes grandchildren.
		process.kill(-pid, signal);
	} catch {
		// The group has already ended.
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

/** Ends all children with this process, unless it is ended by SIGKILL. */
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
			// An exit code that is already set stays. The delay is for tsx, which kills a process that does not acknowledge the
			// signal.
			setTimeout(() => process.exit(process.exitCode ?? code), 20);
		});
	}
}

/**
 * Runs `step` when this process ends, after all children have ended: for temporary folders.
 * It must be synchronous. Returns a function that removes the step.
 */
export function atExit(step: () => void): () => void {
	guardExit();
	lastSteps.add(step);
	return () => void lastSteps.delete(step);
}

/**
 * Ends this process with the shell that npm started it in: npm forwards signals only to that shell. Does nothing when npm
 * did not start this process.
 */
export function endWithNpm(): void {
	if (windows || !process.env.npm_lifecycle_event) return;
	const parent = process.ppid;
	const watch = setInterval(() => {
		if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
	}, 500);
	watch.unref();
}

/** Starts a program in its own process group, so that it can be ended with its children. */
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
			// When this process is being ended, the killed child is no incident to report.
			if (!interrupted) resolve(code);
		});
	});
	// Awaiting `ended` is optional.
	ended.catch(() => undefined);
	if (pid === undefined) {
		// It could not be started, for instance because it is not executable: `ended` rejects with the reason.
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
		async stop(killAfterMs = 5000) {
			signalTree(pid, 'SIGTERM');
			const deadline = Date.now() + killAfterMs;
			// The leader may have ended while a grandchild is still shutting down: wait for the group.
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
