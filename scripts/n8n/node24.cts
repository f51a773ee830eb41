import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.cjs';
import { installOnce, type Report } from './install-once.cjs';
import { runNpm } from './npm.cjs';

const NODE_VERSION = '24.21.0';

export interface Node24 {
	binary: string;
	/** Where its C headers are, for native parts that have to be compiled; only where known. */
	headers?: string;
}

/** The npm package that is Node.js for this machine: a plain binary with its headers. */
function packageName(): string {
	const system = process.platform === 'win32' ? 'win' : process.platform;
	return `node-${system}-${process.arch}`;
}

/**
 * A Node.js 24 for n8n. The running one serves when it is a 24: n8n's sandbox comes with a
 * ready-made binary for 24, but not for every later version, and 1.123 accepts none above 24.
 * Otherwise one is installed beside the n8n versions, which share it; nothing of the machine's own
 * Node.js is touched.
 */
export async function ensureNode24(report: Report): Promise<Node24> {
	if (process.versions.node.startsWith('24.')) return { binary: process.execPath };

	const name = packageName();
	const folder = join(cacheFolder(), `node-${NODE_VERSION}`);
	await installOnce(folder, `Node.js ${NODE_VERSION}`, report, async (draft) => {
		report(`Installing Node.js ${NODE_VERSION} for n8n (this one is ${process.versions.node}) …`);
		writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true }));
		await runNpm({
			args: ['install', `${name}@${NODE_VERSION}`, '--ignore-scripts', '--loglevel=error'],
			cwd: draft,
			logFile: `${folder}.log`,
		});
		if (process.platform !== 'win32') chmodSync(binaryIn(draft, name), 0o755);
		assertRuns(binaryIn(draft, name));
	});
	return { binary: binaryIn(folder, name), headers: join(folder, 'node_modules', name) };
}

function binaryIn(folder: string, name: string): string {
	const file = process.platform === 'win32' ? 'node.exe' : 'node';
	return join(folder, 'node_modules', name, 'bin', file);
}

/** On a system with another C library (Alpine) the binary exists but cannot be started. */
function assertRuns(binary: string): void {
	const probe = spawnSync(binary, ['--version'], { encoding: 'utf8' });
	if (probe.status === 0) return;
	throw new Error(
		`The packaged Node.js ${NODE_VERSION} does not run on this system ` +
			`(${probe.error?.message ?? probe.stderr}). Start this command with a Node.js 24 of your own.`,
	);
}
