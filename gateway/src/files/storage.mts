import { randomBytes } from 'node:crypto';
import {
	copyFile,
	type FileHandle,
	link,
	mkdir,
	open,
	readdir,
	rename,
	rm,
	stat,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { safeFileName } from './file-name.mts';

/** Chunks that wait are written together: half of the time for a large file. */
const writeBufferBytes = 1024 * 1024;

/** uploads: by link; inputs: of jobs, by job id; results: what engines made; work: of running jobs. */
export type FileArea = 'uploads' | 'inputs' | 'results' | 'work';

export class FileTooLargeError extends Error {
	override readonly name = 'FileTooLargeError';
}

const ownerPattern = /^[\w-]{16,64}$/;

/**
 * Files on disk: `<area>/<owner>/<name>`. The owner is a job's id or a random token; the name is the
 * client's, made safe. All processes of a gateway share the folder.
 */
export class Storage {
	readonly #root: string;

	constructor(folder: string) {
		this.#root = join(folder, 'files');
	}

	/** An owner nobody can guess. */
	static newToken(): string {
		return randomBytes(24).toString('base64url');
	}

	/** Undefined for anything that is not the plain form that this class makes. */
	path(area: FileArea, owner: string, name: string): string | undefined {
		if (!ownerPattern.test(owner) || name !== safeFileName(name)) return undefined;
		return join(this.#root, area, owner, name);
	}

	/** The file's folder exists afterwards. `name` is any text. */
	async prepare(area: FileArea, owner: string, name: string): Promise<string> {
		const path = this.path(area, owner, safeFileName(name));
		if (path === undefined) throw new Error(`Not an owner of files: ${owner}`);
		await mkdir(join(path, '..'), { recursive: true });
		return path;
	}

	/**
	 * Writes a stream; the file appears under its name when it is complete.
	 * `ownsChunks`: nobody else has the source's chunks, so that their memory can be freed once they are written. To leave that
	 * to garbage collection takes as long again as the upload, and tens of megabytes.
	 * @returns its size in bytes
	 * @throws FileTooLargeError
	 */
	async write(
		path: string,
		source: Readable,
		maxBytes: number,
		{ ownsChunks = false } = {},
	): Promise<number> {
		const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
		try {
			const size = await writeNew(draft, source, maxBytes, ownsChunks ? freeMemory : () => {});
			await rename(draft, path);
			return size;
		} catch (error) {
			await rm(draft, { force: true });
			throw error;
		}
	}

	/** The same file under another name, without a copy where the disk can do that. */
	async share(from: string, to: string): Promise<void> {
		await link(from, to).catch(async (error: unknown) => {
			if (isCode(error, 'EEXIST')) return;
			if (isCode(error, 'ENOENT')) throw error;
			await copyFile(from, to);
		});
	}

	/** Moves a file that an engine made to where it can be downloaded. */
	async publish(from: string, owner: string, name: string): Promise<string> {
		const to = await this.prepare('results', owner, name);
		await rename(from, to).catch(async (error: unknown) => {
			if (!isCode(error, 'EXDEV')) throw error;
			await copyFile(from, to);
		});
		return to;
	}

	/** Empties and makes the private folder of one run. */
	async workFolder(owner: string): Promise<string> {
		const folder = join(this.#root, 'work', owner);
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder, { recursive: true });
		return folder;
	}

	async remove(area: FileArea, owner: string): Promise<void> {
		if (!ownerPattern.test(owner)) return;
		await rm(join(this.#root, area, owner), { recursive: true, force: true });
	}

	/** Owners whose files have not changed for `ageMs`. */
	async *olderThan(area: FileArea, ageMs: number): AsyncGenerator<string> {
		const limit = Date.now() - ageMs;
		const owners = await readdir(join(this.#root, area)).catch(() => []);
		for (const owner of owners) {
			const found = await stat(join(this.#root, area, owner)).catch(() => undefined);
			if (found && found.mtimeMs < limit) yield owner;
		}
	}
}

/** Writes while the next bytes come in. Ends when the disk has all of them. */
async function writeNew(
	path: string,
	source: Readable,
	maxBytes: number,
	onWritten: (chunks: readonly Buffer[]) => void,
): Promise<number> {
	const file = await open(path, 'wx');
	let writing = Promise.resolve();
	try {
		let size = 0;
		let waiting: Buffer[] = [];
		let waitingBytes = 0;
		const flush = async (): Promise<void> => {
			await writing;
			writing = writeAll(file, waiting, waitingBytes).then(onWritten);
			// Thrown at the next `await`, however late that is.
			writing.catch(() => undefined);
			waiting = [];
			waitingBytes = 0;
		};
		for await (const chunk of source as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > maxBytes) throw new FileTooLargeError(`More than ${maxBytes} bytes`);
			waiting.push(chunk);
			waitingBytes += chunk.length;
			if (waitingBytes >= writeBufferBytes) await flush();
		}
		if (waiting.length > 0) await flush();
		await writing;
		await file.sync();
		return size;
	} finally {
		await writing.catch(() => undefined);
		await file.close();
	}
}

async function writeAll(file: FileHandle, chunks: Buffer[], bytes: number): Promise<Buffer[]> {
	const { bytesWritten } = await file.writev(chunks);
	if (bytesWritten < bytes) throw new Error('There is no room left on the disk');
	return chunks;
}

function freeMemory(chunks: readonly Buffer[]): void {
	for (const { buffer, byteLength } of chunks) {
		const isWhole = byteLength === buffer.byteLength;
		if (isWhole && buffer instanceof ArrayBuffer) buffer.transfer(0);
	}
}

export async function fileSize(path: string): Promise<number | undefined> {
	const found = await stat(path).catch(() => undefined);
	return found?.isFile() ? found.size : undefined;
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
