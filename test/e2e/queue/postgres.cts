import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atExit, logTail, startProcess } from '../../support/n8n/child-process.cjs';
import { freePort } from '../../support/n8n/ports.cjs';
import { until } from '../until.cjs';
import type { Server } from './server.cjs';

const debianFolder = '/usr/lib/postgresql';
const user = 'n8n';

/** Where PostgreSQL's programs are, the newest first; Debian keeps them off the path. */
export function findPostgres(): string | undefined {
	const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	const candidates = [
		...newestFirst.map((version) => join(debianFolder, version, 'bin')),
		...(process.env.PATH ?? '').split(':'),
	];
	return candidates.find((folder) => existsSync(join(folder, 'initdb')));
}

export interface Postgres extends Server {
	/** The first column of what a query gives. */
	column(query: string): string[];
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package has made. */
const owned = (command: string, args: string[]): [string, string[]] =>
	process.getuid?.() === 0
		? ['runuser', ['-u', 'postgres', '--', command, ...args]]
		: [command, args];

const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres']).toString());

/**
 * Starts a PostgreSQL of its own, with its data in a temporary folder.
 * @param binaries the folder with its programs
 */
export async function startPostgres(binaries: string): Promise<Postgres> {
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-postgres-'));
	const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	atExit(remove);
	if (process.getuid?.() === 0) chownSync(folder, idOf('-u'), idOf('-g'));
	const data = join(folder, 'data');
	const made = spawnSync(
		...owned(join(binaries, 'initdb'), [
			...['--pgdata', data, '--username', user, '--auth', 'trust', '--no-sync'],
			...['--locale', 'C', '--encoding', 'UTF8'],
		]),
		{ cwd: folder, encoding: 'utf8' },
	);
	if (made.status !== 0) throw new Error(`initdb: ${made.stderr || made.error?.message}`);
	const port = await freePort();
	const host = '127.0.0.1';
	const logFile = join(folder, 'postgres.log');
	const [command, args] = owned(join(binaries, 'postgres'), [
		...['-D', data, '-h', host, '-p', String(port), '-k', folder],
		// What survives a power cut of this machine is not the question here.
		...['-c', 'fsync=off', '-c', 'synchronous_commit=off'],
	]);
	const child = startProcess({ command, args, cwd: folder, env: process.env, logFile });
	const at = ['-h', host, '-p', String(port), '-U', user];
	const ready = () => spawnSync(join(binaries, 'pg_isready'), at).status === 0;
	await until('PostgreSQL is ready', ready, { timeoutMs: 60_000 }).catch((error: unknown) => {
		throw new Error(`${String(error)}. The end of its log:\n${logTail(logFile)}`);
	});
	return {
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: host,
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_USER: user,
			DB_POSTGRESDB_DATABASE: 'postgres',
		},
		column(query) {
			const psql = [...at, '-d', 'postgres', '-tAc', query];
			return execFileSync(join(binaries, 'psql'), psql, { encoding: 'utf8' })
				.split('\n')
				.slice(0, -1);
		},
		async stop() {
			await child.stop();
			remove();
		},
	};
}
