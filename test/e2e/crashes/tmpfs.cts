import { spawnSync } from 'node:child_process';

import { atExit } from '../../support/n8n/child-process.cjs';

/** A small file system in memory, over a folder. */
export interface Tmpfs {
	/** Makes it as large as that. */
	resize(bytes: number): void;
	unmount(): void;
}

const run = (command: string, ...args: string[]): boolean =>
	spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Mounts one over a folder; undefined where that is not allowed. */
export function mountTmpfs(folder: string, bytes: number): Tmpfs | undefined {
	if (!run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder)) return undefined;
	// Lazily: a file in it may still be open.
	const unmount = () => void run('umount', '--lazy', folder);
	const forget = atExit(unmount);
	return {
		resize: (size) => void run('mount', '-o', `remount,size=${size}`, folder),
		unmount() {
			forget();
			unmount();
		},
	};
}
