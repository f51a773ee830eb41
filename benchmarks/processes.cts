import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Settings } from '../emulator/settings.cjs';

export interface Process<T> {
	/** What the module reported. */
	readonly report: T;
	readonly stop: () => void;
}

/**
 * Runs a module in its own process, so that its CPU time and memory can be measured.
 * @param file a module that calls {@link reportToParent}
 * @param input for the module, as JSON
 */
async function startProcess<T>(
	file: string,
	input: object,
	env = process.env,
): Promise<Process<T>> {
	const child = fork(file, [JSON.stringify(input)], {
		env,
		execArgv: ['--require', 'tsx/cjs', '--expose-gc'],
	});
	const failed = once(child, 'exit').then(([code]) => {
		throw new Error(`${file} exited with code ${String(code)} before its report`);
	});
	const [report] = (await Promise.race([once(child, 'message'), failed])) as [T];
	failed.catch(() => undefined);
	return { report, stop: () => child.kill('SIGKILL') };
}

/** Runs a module in its own process until its report. */
export async function runProcess<T>(file: string, input: object, env = process.env): Promise<T> {
	const { report, stop } = await startProcess<T>(file, input, env);
	stop();
	return report;
}

/** In a process of {@link startProcess}: its input. */
export const readInput = (): unknown => JSON.parse(process.argv[2] ?? '');

/** In a process of {@link startProcess}: reports the result to the parent process, and ends with it. */
export function reportToParent(work: () => Promise<object>): void {
	process.once('disconnect', () => process.exit());
	work().then(
		(report) => process.send?.(report),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
}

export interface EmulatorAddress {
	readonly origin: string;
	readonly baseUrl: string;
}

/** Starts the emulator in its own process. */
export const startEmulatorProcess = async (
	settings: Partial<Settings>,
	env = process.env,
): Promise<Process<EmulatorAddress>> =>
	await startProcess(join(__dirname, 'emulator-process.cts'), settings, env);
