import type { Client } from '../http/client';
import { putFile } from '../api/upload';
import type { SourceFile } from '../host';
import { requireNamedFile } from './accept';

interface UploadedFile {
	readonly downloadUrl: string;
	readonly name: string;
	/** In bytes. */
	readonly size: number;
	readonly mimeType: string;
	/** When the download URL expires, in milliseconds since 1970. */
	readonly expiresAt: number;
}

/**
 * Uploads a file for MonsterAPI's models to read within 30 minutes. It is streamed, not held in memory.
 * @throws MonsterApiError
 */
export async function uploadFile(client: Client, source: SourceFile): Promise<UploadedFile> {
	const file = requireNamedFile(source);
	const link = await putFile(client, file);
	return {
		downloadUrl: link.downloadUrl,
		name: file.name,
		size: file.size,
		mimeType: file.mimeType,
		expiresAt: link.expiresAt,
	};
}
