import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.cjs';
import { installOnce, type Report } from './install-once.cjs';
import { runNpm } from './npm.cjs';

const newestLine = '24';
const versions = new Map([
	['22', '22.23.3'],
	[newestLine, '24.21.0'],
]);

export interface N8nNode {
	binary: string;
	/** Such as 24.21.0. */
	version: string;
	/** Where its C headers are, for native parts that have to be compiled; only where known. */
	headers?: string;
}

/** The npm package that is Node.js for this machine: a plain binary with its headers. */
function packageName(): string {
	const system = process.platform === 'win32' ? 'win' : process.platform;
	return `node-${system}-${process.arch}`;
}

/**
 * The Node.js for n8n: a 24, or with N8N_NODE=22 the one that n8n 1.x is usually run with. The running one serves when it
 * is of that line: n8n's sandbox comes with ready-made binaries for its own lines only, and 1.123 accepts none above 24.
 * Otherwise one is installed beside the n8n versions, which share it; nothing of the machine's own
 * Node.js is touched.
 */
export async function ensureNode(report: Report): Promise<N8nNode> {
	const line = process.env.N8N_NODE ?? newestLine;
	const version = versions.get(line);
	if (version === undefined) {
		throw new Error(`N8N_NODE is “${line}”: there are ${[...versions.keys()].join(', ')}`);
	}
	const own = process.versions.node;
	if (own.startsWith(`${line}.`)) return { binary: process.execPath, version: own };

	const name = packageName();
	const folder = join(cacheFolder(), `node-${version}`);
	await installOnce(folder, `Node.js ${version}`, report, async (draft) => {
		report(`Installing Node.js ${version} for n8n (this one is ${own}) …`);
		writeFileSync(join(draft, 'package.json'), JSON.stringify({ private: true }));
		await runNpm({
			args: ['install', `${name}@${version}`, '--ignore-scripts', '--loglevel=error'],
			cwd: draft,
			logFile: `${folder}.log`,
		});
		if (process.platform !== 'win32') chmodSync(binaryIn(draft, name), 0o755);
		assertRuns(binaryIn(draft, name), version);
	});
	return {
		binary: binaryIn(folder, name),
		version,
		headers: join(folder, 'node_modules', name),
	};
}

function binaryIn(folder: string, name: string): string {
	const file = process.platform === 'win32' ? 'node.exe' : 'node';
	return join(folder, 'node_modules', name, 'bin', file);
}

/** On a system with another C library (Alpine) the binary exists but cannot be started. */
function assertRuns(binary: string, version: string): void {
	const probe = spawnSync(binary, ['--version'], { encoding: 'utf8' });
	if (probe.status === 0) return;
	throw new Error(
		`The packaged Node.js ${version} does not run on this system ` +
			`(${probe.error?.message ?? probe.stderr}). Start this command with a Node.js ${version.split('.')[0]} of your own.`,
	);
}
