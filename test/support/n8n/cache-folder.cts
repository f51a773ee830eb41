import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The root of this project. */
export const projectFolder = resolve(__dirname, '..', '..', '..');

function usable(folder: string): boolean {
	try {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}

/**
 * Where whole n8n installations are kept. Outside the clone, so that they serve several clones and
 * survive `git clean`; inside (and ignored by git) only where the user's cache cannot be written.
 * MONSTERAPI_N8N_CACHE chooses another folder.
 */
export function cacheFolder(): string {
	const chosen = process.env.MONSTERAPI_N8N_CACHE;
	if (chosen) {
		const folder = resolve(chosen);
		if (usable(folder)) return folder;
		throw new Error(`MONSTERAPI_N8N_CACHE names a folder that cannot be written: ${folder}`);
	}
	const userCache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
	const folder = join(userCache, 'n8n-nodes-monsterapi');
	if (usable(folder)) return folder;
	const inProject = join(projectFolder, '.n8n-cache');
	if (usable(inProject)) return inProject;
	throw new Error(
		`Neither ${folder} nor ${inProject} can be written. Name a writable folder in MONSTERAPI_N8N_CACHE.`,
	);
}
