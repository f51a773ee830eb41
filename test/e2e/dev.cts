import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nApi } from '../support/n8n/api.cjs';
import { projectFolder } from '../support/n8n/cache-folder.cjs';
import { atExit, logTail, startProcess, type ChildProcess } from '../support/n8n/child-process.cjs';
import { N8N_2 } from '../support/n8n/install.cjs';
import type { Build } from './instance.cjs';
import type { Checks } from './checks.cjs';
import { until } from './until.cjs';

/** `npm run dev` in a folder of its own. */
export class Development {
	private constructor(
		/** Of n8n. */
		readonly version: string,
		readonly folder: string,
		/** What it prints. */
		readonly logFile: string,
		private readonly child: ChildProcess | undefined,
	) {}

	/** It runs one version of n8n: in the others there is nothing to start. */
	static open({ install: { version } }: Build): Development {
		const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-dev-'));
		atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
		const logFile = join(folder, 'dev.log');
		writeFileSync(logFile, '');
		const script = join(projectFolder, 'scripts', 'dev.cts');
		const child =
			version === N8N_2
				? startProcess({
						command: process.execPath,
						args: ['--require', 'tsx/cjs', script, '--data', folder],
						...{ cwd: projectFolder, env: process.env, logFile },
					})
				: undefined;
		return new Development(version, folder, logFile, child);
	}

	/** What it has printed since its start. */
	printed(): string {
		if (this.child?.exitCode() !== null) throw new Error(`it has ended:\n${logTail(this.logFile)}`);
		return readFileSync(this.logFile, 'utf8');
	}

	async close(): Promise<void> {
		await this.child?.stop();
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
}

/** The development server starts with the node, a login and a credential, and loads the node again after a change. */
export async function checkDevelopment(dev: Development, { check }: Checks): Promise<void> {
	if (dev.version !== N8N_2) {
		console.log(`\n!!! NOT FOR THIS VERSION: npm run dev starts n8n ${N8N_2}.\n`);
		return;
	}
	const shown = /Editor +(\S+)\s+Log in with +(\S+) +\/ +(\S+)/;
	await check('npm run dev says where the editor is and how to log in', async () => {
		await until('it has started', () => shown.test(dev.printed()), { timeoutMs: 180_000 });
	});
	await check('one can log in, and the node is there', async () => {
		const [, editor = '', email = '', password = ''] = shown.exec(dev.printed()) ?? [];
		const api = await N8nApi.logIn(editor, { email, password });
		const names = (await api.nodeTypes()).map(({ name }) => name);
		if (!names.includes('n8n-nodes-monsterapi.monsterApi')) throw new Error('no such node');
	});
	await check('a change of the code has n8n load the node again', async () => {
		const now = new Date();
		utimesSync(join(projectFolder, 'nodes', 'MonsterApi', 'MonsterApi.node.ts'), now, now);
		const log = join(dev.folder, 'n8n', 'n8n.log');
		const reloaded = 'Hot reload triggered for n8n-nodes-monsterapi';
		await until('it has', () => readFileSync(log, 'utf8').includes(reloaded));
	});
}
