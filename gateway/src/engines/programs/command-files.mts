import { lstat, readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { EngineError, type EngineFile } from '../engine.mts';

const maxFiles = 100;
const defaultMaxBytes = 4 * 1024 ** 3;

const mimeTypes: Readonly<Record<string, string>> = {
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.webp': 'image/webp',
	'.gif': 'image/gif',
	'.wav': 'audio/wav',
	'.mp3': 'audio/mpeg',
	'.ogg': 'audio/ogg',
	'.flac': 'audio/flac',
	'.m4a': 'audio/mp4',
	'.mp4': 'video/mp4',
	'.webm': 'video/webm',
	'.txt': 'text/plain',
	'.json': 'application/json',
};

/**
 * The files that a program wrote into its output folder, in the order of their names (`output-2.png` before `output-10.png`).
 * Links are left out: they could lead anywhere.
 * @throws EngineError (final) when they are too many or too large
 */
export async function collectFiles(
	folder: string,
	maxBytes = defaultMaxBytes,
): Promise<readonly EngineFile[]> {
	const names = (await readdir(folder)).sort(byNumber.compare);
	if (names.length > maxFiles) {
		throw new EngineError(
			`The program wrote ${names.length} files, more than ${maxFiles}`,
			'final',
		);
	}
	const files: EngineFile[] = [];
	let total = 0;
	for (const name of names) {
		const path = join(folder, name);
		const found = await lstat(path);
		if (!found.isFile() || found.size === 0) continue;
		total += found.size;
		const mimeType = mimeTypes[extname(name).toLowerCase()] ?? 'application/octet-stream';
		files.push({ path, name, mimeType, size: found.size });
	}
	if (total <= maxBytes) return files;
	throw new EngineError(`The program wrote ${total} bytes, more than ${maxBytes}`, 'final');
}

const byNumber = new Intl.Collator('en', { numeric: true });

/** @returns the text of the first output file; undefined when there is none */
export async function readTextFile(folder: string, maxBytes: number): Promise<string | undefined> {
	const [file] = await collectFiles(folder, maxBytes);
	return file === undefined ? undefined : await readFile(file.path, 'utf8');
}
