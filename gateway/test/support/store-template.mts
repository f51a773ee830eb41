import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../src/store/embedded.mts';

const folder = join(tmpdir(), `monsterapi-gateway-test-${process.getuid?.() ?? 0}`);
const template = join(folder, 'template-pglite-0.5.17');

/**
 * A new data folder with an initialised store: PostgreSQL takes seconds to initialise one, and tests
 * need dozens.
 */
export async function newDataFolder(): Promise<string> {
	await ensureTemplate();
	const data = mkdtempSync(join(folder, 'data-'));
	cpSync(join(template, 'store'), join(data, 'store'), { recursive: true });
	return data;
}

async function ensureTemplate(): Promise<void> {
	if (existsSync(template)) return;
	mkdirSync(folder, { recursive: true });
	const lock = `${template}.making`;
	try {
		mkdirSync(lock);
	} catch {
		// Another test process makes it, unless it was killed: then its folder is old.
		for (let waited = 0; !existsSync(template) && waited < 120; waited += 1) await sleep(500);
		if (existsSync(template)) return;
		rmSync(lock, { recursive: true, force: true });
		await ensureTemplate();
		return;
	}
	const draft = mkdtempSync(join(folder, 'draft-'));
	const database = await openEmbedded(draft);
	await database.close();
	renameSync(draft, template);
	rmSync(lock, { recursive: true, force: true });
}
