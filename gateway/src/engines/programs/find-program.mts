import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** @returns where a program is, looked up in PATH when it is a plain name; undefined when there is none */
export async function findProgram(name: string): Promise<string | undefined> {
	const plain = !isAbsolute(name) && !/[/\\]/.test(name);
	const folders = plain ? (process.env['PATH'] ?? '').split(delimiter) : [''];
	const endings = process.platform === 'win32' ? ['', '.exe', '.cmd'] : [''];
	for (const folder of folders) {
		for (const ending of endings) {
			const path = join(folder, name + ending);
			const found = await access(path, constants.X_OK).then(
				() => true,
				() => false,
			);
			if (found) return path;
		}
	}
	return undefined;
}
