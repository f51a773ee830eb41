import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder } from '../test/support/n8n/cache-folder.cjs';
import { ensureN8n, N8N_2 } from '../test/support/n8n/install.cjs';
import { installOnce } from '../test/support/n8n/install-once.cjs';
import { runNpm } from '../test/support/n8n/npm.cjs';

/** MonsterAPI's own client. */
export const official = { name: 'monsterapi', version: '0.0.5' } as const;

/** Node packages of other services, as npm has them. */
export const peers = [
	{ name: 'n8n-nodes-spicyapi', version: '0.2.1' },
	{ name: '@mendable/n8n-nodes-firecrawl', version: '2.1.2' },
	{ name: 'n8n-nodes-evolution-api', version: '1.0.4' },
] as const;

const all = [official, ...peers];

/** Where the packages of others are, installed outside the clone the first time. */
export interface Rivals {
	/** The folder of a package. */
	folderOf(name: string): string;
	/** Bytes of the package as npm has it. */
	packedBytes(name: string): number;
}

export async function ensureRivals(): Promise<Rivals> {
	const specs = all.map(({ name, version }) => `${name}@${version}`);
	const mark = createHash('sha256').update(specs.join(' ')).digest('hex').slice(0, 12);
	const target = join(cacheFolder(), `rivals-${mark}`);
	await installOnce(target, 'the packages to compare with', console.log, async (folder) => {
		writeFileSync(join(folder, 'package.json'), '{ "private": true }');
		const packed = join(folder, 'packed');
		mkdirSync(packed);
		const logFile = `${target}.log`;
		await runNpm({ args: ['pack', ...specs], cwd: packed, logFile });
		const files = readdirSync(packed).map((file) => `./packed/${file}`);
		await runNpm({
			args: ['install', ...files, '--ignore-scripts', '--legacy-peer-deps', '--no-audit'],
			cwd: folder,
			logFile,
		});
	});
	const packed = readdirSync(join(target, 'packed'));
	return {
		folderOf: (name) => join(target, 'node_modules', name),
		packedBytes: (name) => {
			const start = `${name.replace(/^@/, '').replace('/', '-')}-`;
			const file = packed.find((one) => one.startsWith(start));
			if (file === undefined) throw new Error(`${name} was not packed`);
			return statSync(join(target, 'packed', file)).size;
		},
	};
}

/** The folder of n8n's own nodes, from a whole n8n. */
export async function n8nNodesFolder(): Promise<string> {
	const { folder } = await ensureN8n(N8N_2, console.log);
	return join(folder, 'node_modules', 'n8n-nodes-base', 'dist', 'nodes');
}
