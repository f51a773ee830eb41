import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openEmbedded } from '../../src/store/embedded.mts';
import { lockFolder } from '../../src/store/folder-lock.mts';
import { newDataFolder } from '../support/store-template.mts';

describe('the lock of the data folder', () => {
	const withFolder = async (body: (folder: string) => Promise<void>) => {
		const folder = mkdtempSync(join(tmpdir(), 'gateway-lock-'));
		try {
			await body(folder);
		} finally {
			rmSync(folder, { recursive: true });
		}
	};

	it('keeps a second one out until it is released', async () =>
		await withFolder(async (folder) => {
			const unlock = lockFolder(folder);
			assert.throws(() => lockFolder(folder), /in use by another gateway/);
			unlock();
			lockFolder(folder)();
		}));

	it('keeps other processes out and ends with its own, however that ends', async () =>
		await withFolder(async (folder) => {
			const source = new URL('../../src/store/folder-lock.mts', import.meta.url).href;
			const script = `import { lockFolder } from '${source}'; lockFolder(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
			const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
				stdio: ['ignore', 'pipe', 'ignore'],
			});
			await once(child.stdout, 'data');
			assert.throws(() => lockFolder(folder), /in use by another gateway/);
			const exited = once(child, 'exit');
			child.kill('SIGKILL');
			await exited;
			lockFolder(folder)();
		}));
});

describe('the embedded store', () => {
	it('moves aside a folder whose making was interrupted', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'gateway-store-'));
		try {
			mkdirSync(join(folder, 'store', 'global'), { recursive: true });
			writeFileSync(join(folder, 'store', 'PG_VERSION'), '18');
			const database = await openEmbedded(folder);
			assert.deepEqual(await database.query('SELECT 1 AS one'), [{ one: 1 }]);
			await database.close();
			const names = readdirSync(folder);
			assert.ok(names.some((name) => name.startsWith('store.unfinished-')));
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it('undoes a transaction that throws, and keeps what was committed', async () => {
		const folder = await newDataFolder();
		try {
			const first = await openEmbedded(folder);
			await first.execute('CREATE TABLE kept (n int)');
			await first.transaction(async (sql) => await sql.query('INSERT INTO kept VALUES (1)'));
			await assert.rejects(
				first.transaction(async (sql) => {
					await sql.query('INSERT INTO kept VALUES (2)');
					throw new Error('no');
				}),
				/no/,
			);
			await first.close();
			const second = await openEmbedded(folder);
			assert.deepEqual(await second.query('SELECT n FROM kept'), [{ n: 1 }]);
			await second.close();
			assert.ok(existsSync(join(folder, 'store')));
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
