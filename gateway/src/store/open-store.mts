import type { PGlite } from '@electric-sql/pglite';
import type { Config } from '../config/config.mts';
import type { Database } from './database.mts';
import { openEmbedded } from './embedded.mts';
import { migrate } from './migrate.mts';
import { openPostgres } from './postgres.mts';

export interface Store {
	readonly database: Database;
	/** What the queue is started on. */
	readonly queueStore: PGlite | string;
}

/** Opens the configured store and brings its tables up to date. */
export async function openStore(config: Config, onError: (error: Error) => void): Promise<Store> {
	const { databaseUrl } = config;
	const store =
		databaseUrl === undefined
			? await openEmbedded(config.data).then((database) => ({
					database,
					queueStore: database.pglite,
				}))
			: { database: await openPostgres(databaseUrl, onError), queueStore: databaseUrl };
	try {
		await migrate(store.database);
	} catch (error) {
		await store.database.close();
		throw error;
	}
	return store;
}
