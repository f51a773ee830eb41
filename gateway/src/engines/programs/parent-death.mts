import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './find-program.mts';

const options = ['--pdeathsig', 'KILL'];

let prefix: Promise<readonly string[]> | undefined;

/**
 * What to put before a program so that it is killed when this process is, even by SIGKILL: otherwise it would go on beside its
 * own repetition after the restart, on the same graphics card. Only Linux can, by setpriv of util-linux (busybox's cannot);
 * elsewhere it is empty.
 */
export const killedWithParent = (): Promise<readonly string[]> => (prefix ??= findPrefix());

async function findPrefix(): Promise<readonly string[]> {
	const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : undefined;
	if (setpriv === undefined) return [];
	try {
		await promisify(execFile)(setpriv, [...options, 'true']);
		return [setpriv, ...options];
	} catch {
		return [];
	}
}
