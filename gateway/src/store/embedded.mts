import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, openAsBlob, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import type { Database, Sql } from './database.mts';
import { lockFolder } from './folder-lock.mts';

/** Is in the folder once PostgreSQL has initialised it completely. */
const marker = 'gateway-initialised';

/**
 * PostgreSQL inside this process, in `<folder>/store`.
 * @throws Error when another gateway uses the folder
 */
export async function openEmbedded(
	folder: string,
): Promise<Database & { readonly pglite: PGlite }> {
	const unlock = lockFolder(folder);
	const path = join(folder, 'store');
	setUnfinishedAside(path);
	mkdirSync(path, { recursive: true });
	const isNew = !existsSync(join(path, marker));
	const pglite = await PGlite.create(path, isNew ? await emptyStore() : {}).catch(
		(error: unknown) => {
			unlock();
			throw error;
		},
	);
	if (isNew) writeFileSync(join(path, marker), '');
	// There is only this process to tell: no need to go through PostgreSQL.
	const notifications = new EventEmitter();
	const emit = (channel: string, payload: string): void =>
		void notifications.emit(channel, payload);
	return {
		kind: 'embedded',
		pglite,
		...on(pglite, emit),
		async execute(script) {
			await pglite.exec(script);
		},
		async transaction(body) {
			const announced: [string, string][] = [];
			// Within, the outer handle must not be used: it would wait for this transaction to end.
			const result = await pglite.transaction(
				async (tx) => await body(on(tx, (...notification) => void announced.push(notification))),
			);
			for (const notification of announced) emit(...notification);
			return result;
		},
		async listen(channel, onNotification) {
			notifications.on(channel, onNotification);
		},
		async close() {
			await pglite.close();
			unlock();
		},
	};
}

/** The build's initialised store; without it, PostgreSQL makes one itself, which takes longer. */
async function emptyStore(): Promise<{ loadDataDir?: Blob }> {
	const file = fileURLToPath(new URL('../empty-store.tar.gz', import.meta.url));
	return existsSync(file) ? { loadDataDir: await openAsBlob(file) } : {};
}

/**
 * A process that was killed while it made the folder leaves one that PGlite cannot open and that
 * holds nothing yet.
 */
function setUnfinishedAside(path: string): void {
	if (!existsSync(path) || existsSync(join(path, marker))) return;
	renameSync(path, `${path}.unfinished-${Date.now()}`);
}

function on(
	client: PGlite | Transaction,
	announce: (channel: string, payload: string) => void,
): Sql {
	return {
		async query<Row>(text: string, values: readonly unknown[] = []) {
			const result = await client.query<Row>(text, [...values]);
			return result.rows;
		},
		async notify(channel, payload) {
			announce(channel, payload);
		},
	};
}
