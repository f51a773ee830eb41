import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from './database.mts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));
/** Any number, as long as it is always the same: one process migrates at a time. */
const lockId = 4_020_017;

/**
 * Brings the gateway's own tables to the newest form. Each file of `migrations/` runs once, in the
 * order of the names.
 */
export async function migrate(database: Database): Promise<void> {
	const files = readdirSync(folder)
		.filter((name) => name.endsWith('.sql'))
		.sort();
	await database.transaction(async (sql) => {
		await sql.query(`SELECT pg_advisory_xact_lock(${lockId})`);
		await sql.query('CREATE SCHEMA IF NOT EXISTS gateway');
		await sql.query('CREATE TABLE IF NOT EXISTS gateway.migration (name text PRIMARY KEY)');
		const rows = await sql.query<{ name: string }>('SELECT name FROM gateway.migration');
		const done = new Set(rows.map((row) => row.name));
		for (const name of files.filter((file) => !done.has(file))) {
			for (const statement of statements(readFileSync(join(folder, name), 'utf8'))) {
				await sql.query(statement);
			}
			await sql.query('INSERT INTO gateway.migration (name) VALUES ($1)', [name]);
		}
	});
}

/** Migrations are plain statements, each ended by a semicolon at the end of a line. */
function statements(script: string): string[] {
	return script
		.split('\n')
		.filter((line) => !line.trimStart().startsWith('--'))
		.join('\n')
		.split(/;\s*$/m)
		.map((statement) => statement.trim())
		.filter((statement) => statement !== '');
}
