import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const setpriv = ['setpriv', '--pdeathsig', 'KILL'] as const;

let prefix: Promise<readonly string[]> | undefined;

/**
 * What to put before a program so that it is killed when this process is, even by SIGKILL: otherwise it would go on beside its
 * own repetition after the restart, on the same graphics card. Only Linux can, by setpriv of util-linux; elsewhere it is empty.
 */
export const killedWithParent = (): Promise<readonly string[]> =>
	(prefix ??=
		process.platform === 'linux'
			? promisify(execFile)(setpriv[0], [...setpriv.slice(1), 'true']).then(
					() => setpriv,
					() => [],
				)
			: Promise.resolve([]));
