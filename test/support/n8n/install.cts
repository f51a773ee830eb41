import { existsSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.cjs';
import { installOnce, type Report } from './install-once.cjs';
import { ensureNode, type N8nNode } from './node.cjs';
import { runNpm } from './npm.cjs';

/** The newest n8n 2.x that installs completely: later ones name a version that is not published. */
export const N8N_2 = '2.39.10';
/** The newest n8n 1.x. */
export const N8N_1 = '1.123.81';

export interface N8nInstall {
	version: string;
	/** The Node.js that has to run it. */
	nodeBinary: string;
	/** Such as 24.21.0. */
	nodeVersion: string;
	/** n8n's start script, for `nodeBinary`. */
	n8nBin: string;
	/** The folder that holds n8n's `node_modules`. */
	folder: string;
}

/** npm overrides without which a version does not install. */
const OVERRIDES: Record<string, Record<string, string>> = {
	// Its own link points to a download site instead of a package.
	[N8N_1]: { xlsx: '0.18.5' },
};

const PROGRESS_MS = 10_000;
const MB = 1024 * 1024;

/** Free space in MB: its decrease is what was written, without walking through 200,000 files. */
async function freeMb(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(folder);
	return (bavail * bsize) / MB;
}

/** Does one step, with a line of progress every few seconds. */
async function step(what: string, folder: string, report: Report, work: () => Promise<void>) {
	const started = Date.now();
	const before = await freeMb(folder);
	report(`${what} …`);
	const timer = setInterval(async () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		const written = Math.max(0, Math.round(before - (await freeMb(folder).catch(() => before))));
		// npm first asks for the list of everything there is to install, which writes nothing.
		report(`  … ${seconds} s${written < 50 ? '' : `, about ${written} MB written`}`);
	}, PROGRESS_MS);
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
	// The only native part without a ready-made binary in its package; nobody else's script runs.
	// With the packaged Node.js its own headers are named, since a user's setting may name others.
	await step('Building the database driver (sqlite3)', folder, report, () =>
		run(
			['rebuild', 'sqlite3', '--ignore-scripts=false', ...quiet],
			node.headers ? { npm_config_nodedir: node.headers } : {},
		),
	);
}

/** Whether this version is installed already, so that {@link ensureN8n} will return at once. */
export function hasN8n(version: string): boolean {
	return existsSync(join(cacheFolder(), `n8n-${version}`, 'installed.json'));
}

/**
 * Installs the given n8n with a Node.js 24 of its own, once: some minutes and 3 GB, in the folder
 * of {@link cacheFolder}. Reports each step. Throws with the end of npm's log when it fails.
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
