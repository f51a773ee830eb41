/**
 * `npm run dev`: a real n8n with the node, which loads it again after every change of its code; the emulator is its
 * MonsterAPI. What is made in the editor is kept in `.dev/` (`-- --data <folder>`: elsewhere).
 */
import { cpSync, existsSync, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { startEmulator } from '../emulator/server.cjs';
import { N8nApi } from '../test/support/n8n/api.cjs';
import { projectFolder } from '../test/support/n8n/cache-folder.cjs';
import { endWithNpm } from '../test/support/n8n/child-process.cjs';
import { ensureN8n, N8N_2 } from '../test/support/n8n/install.cjs';
import { runNpm } from '../test/support/n8n/npm.cjs';
import { packProject } from '../test/support/n8n/pack.cjs';
import { freePort } from '../test/support/n8n/ports.cjs';
import { startN8n } from '../test/support/n8n/server.cjs';
import { CREDENTIAL_NAME } from '../test/support/n8n/workflow.cjs';
import { report } from './demo/print.cjs';

const owner = {
	email: 'dev@example.com',
	password: 'Dev-MonsterAPI-1',
	firstName: 'Dev',
	lastName: 'Owner',
};
const sources = ['nodes', 'credentials', 'icons'];
/** An editor saves several files at once. */
const settleMs = 200;

/**
 * Bundles the node, without a check of types, and puts it where n8n watches for it. npm would not: the version is the
 * same.
 */
async function rebuild(folder: string, installed: string): Promise<void> {
	const logFile = join(folder, 'build.log');
	await runNpm({ args: ['exec', '--', 'gulp'], cwd: projectFolder, logFile });
	for (const built of ['package.json', 'dist']) {
		cpSync(join(projectFolder, built), join(installed, built), { recursive: true });
	}
}

/** Rebuilds after changes, one build at a time. */
function watchSources(folder: string, installed: string): void {
	let timer: NodeJS.Timeout | undefined;
	let building = false;
	const build = async () => {
		if (building) {
			later();
			return;
		}
		building = true;
		try {
			await rebuild(folder, installed);
			report('Rebuilt; n8n loads the node again.');
		} catch (error) {
			// The next change may mend it.
			report(error instanceof Error ? error.message : String(error));
		}
		building = false;
	};
	const later = () => {
		clearTimeout(timer);
		timer = setTimeout(() => void build(), settleMs);
	};
	for (const source of sources) watch(join(projectFolder, source), { recursive: true }, later);
}

/** Acts as the owner, who is made with the credential at the first start. */
async function signIn(n8nUrl: string, emulatorUrl: string): Promise<void> {
	const known = await N8nApi.logIn(n8nUrl, owner).catch(() => undefined);
	if (known !== undefined) return;
	const api = await N8nApi.setUp(n8nUrl, owner);
	const data = { apiKey: 'dev-key', baseUrl: emulatorUrl };
	await api.createCredential({ name: CREDENTIAL_NAME, type: 'monsterApi', data });
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { data: { type: 'string', default: '.dev' } } });
	const folder = resolve(values.data);
	endWithNpm();
	const install = await ensureN8n(N8N_2, report);
	report('Building the node …');
	const userFolder = join(folder, 'n8n');
	const installed = join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-monsterapi');
	const isFirst = !existsSync(installed);
	const tarball = isFirst ? await packProject(join(folder, 'package')) : undefined;
	if (!isFirst) await rebuild(folder, installed);
	const emulator = await startEmulator({ port: await freePort(4010) });
	report(`Starting n8n ${install.version} …`);
	const n8n = await startN8n({
		...{ install, userFolder, port: 5678 },
		...(tarball === undefined ? {} : { tarball }),
		env: { NODE_ENV: 'development', N8N_DEV_RELOAD: 'true' },
	});
	await signIn(n8n.baseUrl, emulator.baseUrl);
	watchSources(folder, installed);
	console.log(`
  Editor               ${n8n.baseUrl}
  Log in with          ${owner.email}  /  ${owner.password}
  MonsterAPI emulator  ${emulator.baseUrl}, the Base URL of the credential “${CREDENTIAL_NAME}”
  n8n's log            ${n8n.logFile}

A change in ${sources.join(', ')} rebuilds the node. Types are checked by npm run typecheck. Ctrl-C ends it.
`);
	await n8n.ended;
	throw new Error(`n8n has ended by itself. Its log: ${n8n.logFile}`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
