import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './cache-folder.cjs';
import { runNpm } from './npm.cjs';

/**
 * Builds the project and packs it into `folder`, exactly as it would be published.
 * Returns the path of the tarball.
 */
export async function packProject(folder: string): Promise<string> {
	mkdirSync(folder, { recursive: true });
	for (const file of readdirSync(folder)) {
		if (file.endsWith('.tgz')) rmSync(join(folder, file));
	}
	const logFile = join(folder, 'build.log');
	await runNpm({ args: ['run', 'build'], cwd: projectFolder, logFile });
	await runNpm({
		args: ['pack', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`],
		cwd: projectFolder,
		logFile,
	});
	const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (!tarball) throw new Error(`npm packed nothing; see ${logFile}`);
	return join(folder, tarball);
}

/**
 * Installs a packed node into n8n's user folder, where n8n keeps community nodes, with the options
 * that n8n's own installer uses: no scripts, and no second n8n-workflow beside n8n's.
 */
export async function installNode(tarball: string, userFolder: string): Promise<void> {
	const folder = join(userFolder, '.n8n', 'nodes');
	mkdirSync(folder, { recursive: true });
	await runNpm({
		args: [
			'install',
			tarball,
			`--prefix=${folder}`,
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--install-strategy=shallow',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
		],
		cwd: folder,
		logFile: join(userFolder, 'install-node.log'),
	});
}
