import { existsSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.cjs';
import { installOnce, type Report } from './install-once.cjs';
import { ensureNode, type N8nNode } from './node.cjs';
import { runNpm } from './npm.cjs';

/** The newest n8n 2.x that installs completely: later ones depend on an unpublished version. */
export const N8N_2 = '2.40.7';
/** The newest n8n 1.x. */
export const N8N_1 = '1.123.81';

export interface N8nInstall {
	version: string;
	/** The Node.js that has to run it. */
	nodeBinary: string;
	/** For example 24.21.0. */
	nodeVersion: string;
	/** n8n's start script, for `nodeBinary`. */
	n8nBin: string;
	/** The folder that holds n8n's `node_modules`. */
	folder: string;
}

/** npm overrides without which a version does not install. */
const OVERRIDES: Record<string, Record<string, string>> = {
	// n8n depends on a tarball URL outside the registry.
	[N8N_1]: { xlsx: '0.18.5' },
};

const PROGRESS_MS = 10_000;
const MB = 1024 * 1024;

/** Free space in MB: its decrease shows the progress without walking through 200,000 files. */
async function freeMb(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(folder);
	return (bavail * bsize) / MB;
}

/** Runs one step and reports its progress every few seconds. */
async function step(what: string, folder: string, report: Report, work: () => Promise<void>) {
	const started = Date.now();
	const before = await freeMb(folder);
	report(`${what} …`);
	const reportProgress = async () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		const written = Math.max(0, Math.round(before - (await freeMb(folder).catch(() => before))));
		// npm resolves all packages first, which writes nothing.
		report(`  … ${seconds} s${written < 50 ? '' : `, about ${written} MB written`}`);
	};
	const timer = setInterval(() => void reportProgress(), PROGRESS_MS);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	report(`${what}: done in ${Math.round((Date.now() - started) / 1000)} s.`);
}

async function fill(folder: string, version: string, node: N8nNode, log: string, report: Report) {
	const manifest = {
		private: true,
		dependencies: { n8n: version },
		overrides: OVERRIDES[version] ?? {},
	};
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
	const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
		runNpm({ args, cwd: folder, logFile: log, nodeBinary: node.binary, env });
	const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

	await step(
		`Downloading n8n ${version} with its packages (about 3 GB on disk)`,
		folder,
		report,
		() => run(['install', '--ignore-scripts', ...quiet]),
	);
	// The only native module without a prebuilt binary; no other install script runs. The headers are those of the
	// packaged Node.js, whatever the user's npm settings name.
	await step('Building the database driver (sqlite3)', folder, report, () =>
		run(
			['rebuild', 'sqlite3', '--ignore-scripts=false', ...quiet],
			node.headers ? { npm_config_nodedir: node.headers } : {},
		),
	);
}

/** Whether this version is installed, so that {@link ensureN8n} returns at once. */
export function hasN8n(version: string): boolean {
	return existsSync(join(cacheFolder(), `n8n-${version}`, 'installed.json'));
}

/**
 * Installs a version of n8n with its own Node.js 24, once: some minutes and 3 GB in {@link cacheFolder}. Reports each
 * step. Throws the end of npm's log when it fails.
 */
export async function ensureN8n(version: string, report: Report): Promise<N8nInstall> {
	const node = await ensureNode(report);
	const folder = join(cacheFolder(), `n8n-${version}`);
	await installOnce(folder, `n8n ${version}`, report, (draft) =>
		fill(draft, version, node, `${folder}.log`, report),
	);
	return {
		version,
		nodeBinary: node.binary,
		nodeVersion: node.version,
		n8nBin: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
		folder,
	};
}
