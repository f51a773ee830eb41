import { createReadStream } from 'node:fs';

import { digest } from '../files/content-digest.cjs';
import type { Job, ReceivedFile } from './job.cjs';
import { findResultFile } from '../files/result-file.cjs';
import type { State } from '../state.cjs';
import { findUpload } from '../upload/upload-store.cjs';

interface Fetched extends Pick<Job, 'file'> {
	readonly failure?: string;
}

/**
 * Reads the file behind a link when the emulator itself keeps it; links to elsewhere are only noted. One of its own
 * links that gives nothing makes the job fail, as it would fail the service later.
 */
export async function fetchOwnFile(state: State, file: ReceivedFile | undefined): Promise<Fetched> {
	if (file?.url === undefined) return { file };
	const { origin, pathname, searchParams } = new URL(file.url);
	if (origin !== state.origin) return { file };
	const [, place, id = ''] = pathname.split('/');
	if (place === 'files') {
		const result = findResultFile(state, id);
		if (result === undefined) return unread(file);
		return { file: { ...file, mime: result.mime, ...(await digest(result.chunks())) } };
	}
	if (place !== 'uploads') return { file };
	const found = findUpload(state, id, 'GET', searchParams.get('X-Amz-Signature') ?? undefined);
	if (found.upload?.stored === undefined) return unread(file);
	const { path, mime } = found.upload.stored;
	return { file: { ...file, mime, ...(await digest(createReadStream(path))) } };
}

const unread = (file: ReceivedFile): Fetched => ({
	file,
	failure: `[emulated] the file ${file.name} could not be read from its link`,
});
