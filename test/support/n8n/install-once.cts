import {
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { atExit } from './child-process.cjs';

/** Receives one line about what is going on. */
export type Report = (line: string) => void;

const STAMP = 'installed.json';
const HEARTBEAT_MS = 2000;
/** A holder that has not beaten for this long is dead, even if its number lives on elsewhere. */
const DEAD_AFTER_MS = 30_000;

function holderIsDead(lock: string): boolean {
	try {
		if (Date.now() - statSync(lock).mtimeMs > DEAD_AFTER_MS) return true;
		const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
		if (!(pid > 0)) return false;
		process.kill(pid, 0);
		return false;
	} catch (error) {
		// ESRCH: no such process. Anything else (no pid file yet, another user's) is not proof.
		return (error as NodeJS.ErrnoException).code === 'ESRCH';
	}
}

/** Making a directory is atomic everywhere, which makes it the lock. */
function tryLock(lock: string): boolean {
	try {
		mkdirSync(lock);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
	writeFileSync(join(lock, 'pid'), String(process.pid));
	return true;
}

async function acquire(lock: string, finished: () => boolean, what: string, report: Report) {
	let told = false;
	while (!tryLock(lock)) {
		if (finished()) return undefined;
		if (holderIsDead(lock)) {
			rmSync(lock, { recursive: true, force: true });
			continue;
		}
		if (!told) report(`Another process is installing ${what}; waiting for it.`);
		told = true;
		await delay(500);
	}
	const beat = setInterval(() => {
		const now = new Date();
		if (existsSync(lock)) utimesSync(lock, now, now);
	}, HEARTBEAT_MS);
	const remove = () => rmSync(lock, { recursive: true, force: true });
	const keep = atExit(remove);
	return () => {
		clearInterval(beat);
		keep();
		remove();
	};
}

/**
 * Fills `target` once: `fill` works in a temporary folder beside it, which is renamed when it is
 * complete, so a broken-off installation is never taken for a whole one. A second process waits
 * for the first. Should both ever work at once, the first rename wins and nothing is mixed.
 */
export async function installOnce(
	target: string,
	what: string,
	report: Report,
	fill: (folder: string) => Promise<void>,
): Promise<void> {
	const finished = () => existsSync(join(target, STAMP));
	if (finished()) return;
	const release = await acquire(`${target}.lock`, finished, what, report);
	if (!release) return;
	const folder = `${target}.${process.pid}.tmp`;
	const discard = () => rmSync(folder, { recursive: true, force: true });
	const forget = atExit(discard);
	try {
		if (finished()) return;
		discard();
		mkdirSync(folder, { recursive: true });
		await fill(folder);
		writeFileSync(join(folder, STAMP), JSON.stringify({ what, at: new Date().toISOString() }));
		// Without a stamp this can only be the remains of something that went wrong.
		if (!finished()) rmSync(target, { recursive: true, force: true });
		if (!finished()) renameSync(folder, target);
	} finally {
		discard();
		forget();
		release();
	}
}
