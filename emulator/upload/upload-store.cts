import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Content } from '../files/content-digest.cjs';
import type { StorageCode } from '../files/storage-error.cjs';

/** A link pair that was given out, and the file once it came. */
export interface Upload {
	readonly id: string;
	readonly filename: string;
	/** By the emulator's clock, in milliseconds. */
	readonly expiresAt: number;
	readonly signatures: Readonly<Record<'PUT' | 'GET', string>>;
	stored?: StoredFile;
}

export interface StoredFile extends Content {
	readonly path: string;
	readonly mime: string;
}

type Found =
	| { readonly upload: Upload; readonly error?: undefined }
	| { readonly upload?: undefined; readonly error: StorageCode };

interface Uploads {
	readonly uploads: ReadonlyMap<string, Upload>;
	/** The emulator's clock, in milliseconds. */
	readonly now: () => number;
}

/** Finds an upload that may still be used in this way. */
export function findUpload(
	{ uploads, now }: Uploads,
	id: string,
	method: 'PUT' | 'GET',
	signature: string | undefined,
): Found {
	const upload = uploads.get(id);
	if (upload === undefined) return { error: 'NoSuchKey' };
	if (signature !== upload.signatures[method]) return { error: 'SignatureDoesNotMatch' };
	return now() < upload.expiresAt ? { upload } : { error: 'AccessDenied' };
}

/** The temporary folder that uploads are kept in; it exists from the first upload to the emulator's end. */
export class UploadFolder {
	private folder: string | undefined;

	/** Where a file of this name goes. */
	pathOf(name: string): string {
		this.folder ??= mkdtempSync(join(tmpdir(), 'monsterapi-emulator-'));
		return join(this.folder, name);
	}

	empty(): void {
		if (this.folder === undefined) return;
		for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { force: true });
	}

	remove(): void {
		if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
		this.folder = undefined;
	}
}
