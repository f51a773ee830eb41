import { spawnSync } from 'node:child_process';

import { atExit } from '../../support/n8n/child-process.cjs';

/** A small in-memory file system, mounted over a folder. */
export interface Tmpfs {
	resize(bytes: number): void;
	unmount(): void;
}

const run = (command: string, ...args: string[]): boolean =>
	spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Mounts a tmpfs over a folder. @returns undefined without the permission to mount */
export function mountTmpfs(folder: string, bytes: number): Tmpfs | undefined {
	if (!run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder)) return undefined;
	// Lazy: a file in it may still be open.
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
