import type { Client } from '../http/client';
import { putFile } from '../api/upload';
import type { SourceFile } from '../host';
import { requireNamedFile } from './accept';

export interface UploadedFile {
	readonly downloadUrl: string;
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	readonly mimeType: string;
	/** The time of day at which the download URL ends, in milliseconds since 1970. */
	readonly expiresAt: number;
}

/**
 * Puts a file where MonsterAPI's models can read it for 30 minutes. It is streamed: nothing is held in memory.
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
