import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a second process out of a data folder: PGlite would open it a second time and lose rows.
 * The lock is the operating system's own, held through SQLite, so it ends with the process however
 * that ends, and nothing stale is left behind.
 * @throws Error when another process holds it
 */
export function lockFolder(folder: string): () => void {
	mkdirSync(folder, { recursive: true });
	const file = new DatabaseSync(join(folder, 'lock'));
	try {
		file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
	} catch (error) {
		file.close();
		if (error instanceof Error && /locked|busy/i.test(error.message)) {
			throw new Error(
				`${folder} is in use by another gateway. End that one, choose another folder with --data, or use databaseUrl for several processes.`,
				{ cause: error },
			);
		}
		throw error;
	}
	return () => file.close();
}
