import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Cleanup } from './cleanup.mts';
import { freePort } from './gateway-process.mts';

const debian = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs as Debian installs them; undefined when there is none. */
export function postgresPrograms(): string | undefined {
	if (!existsSync(debian)) return undefined;
	const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
	return versions
		.map((version) => join(debian, version, 'bin'))
		.find((bin) => existsSync(join(bin, 'initdb')));
}

/** A PostgreSQL server of the test's own. Returns its connection string. */
export async function startPostgres(cleanup: Cleanup, programs: string): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'gateway-postgres-'));
	// PostgreSQL refuses to run as root.
	const identity = process.getuid?.() === 0 ? userId('postgres') : undefined;
	if (identity) chownSync(folder, identity.uid, identity.gid);
	const port = await freePort();
	const data = join(folder, 'data');
	execFileSync(
		join(programs, 'initdb'),
		['-D', data, '-U', 'gateway', '-A', 'trust', '--no-sync'],
		{
			...identity,
			cwd: folder,
			stdio: 'ignore',
		},
	);
	const server = spawn(
		join(programs, 'postgres'),
		['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
		{ ...identity, cwd: folder, stdio: 'ignore' },
	);
	cleanup.after(async () => {
		const exited = once(server, 'exit');
		server.kill('SIGQUIT');
		await exited;
		rmSync(folder, { recursive: true, force: true });
	});
	const url = `postgres://gateway@127.0.0.1:${port}/postgres`;
	for (let tries = 0; ; tries += 1) {
		const client = new pg.Client({ connectionString: url });
		try {
			await client.connect();
			await client.end();
			return url;
		} catch (error) {
			if (tries > 300) throw error;
			await sleep(100);
		}
	}
}

function userId(name: string): { uid: number; gid: number } {
	const id = (flag: string): number =>
		Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
