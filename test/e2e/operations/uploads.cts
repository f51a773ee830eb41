import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { nameIn, readUrl, type FileFacts } from './file-facts.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

const ttlMs = 30 * 60 * 1000;

/** A file that MonsterAPI was sent by an upload link, as anybody gets it by the download link. */
export interface UploadedFile extends FileFacts {
	/** When it came, in milliseconds. */
	readonly at: number;
}

/** The file behind a download link. Throws unless n8n sent it during the run, once. */
export async function uploadedFile(run: Run, downloadUrl: string): Promise<UploadedFile> {
	const [sent, ...more] = run.requests('PUT', new URL(downloadUrl).pathname);
	assert(sent !== undefined && more.length === 0, `not sent once: ${downloadUrl}`);
	const { size, sha256 } = await readUrl(downloadUrl);
	return { name: nameIn(downloadUrl), mime: sent.headers.contentType, size, sha256, at: sent.at };
}

/** The names for which n8n asked for upload links, sorted. */
export const namesAskedFor = (run: Run): unknown[] =>
	run
		.requests('GET', '/v1/upload?')
		.map(({ path }) => new URL(path, run.state.origin).searchParams.get('filename'))
		.sort();

/** Uploads under the file's own name and under another one, and downloads by their links. */
export async function uploads(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const given = (await run.files('To File')).map(({ data }) => data);
	expectEqual('size', given[0]?.size, Buffer.byteLength('Grüße aus Köln 🎈\n'));
	// The user's file name is more specific than the type text/plain.
	const sent = {
		Upload: { names: ['note.txt', 'note.txt'], mime: 'text/plain' },
		'Upload as': { names: ['Größe 0.json', 'Größe 1.json'], mime: 'application/json' },
	};
	for (const [node, { names, mime }] of Object.entries(sent)) {
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1]);
		for (const [index, json] of run.json(node).entries()) {
			const { download_url, expires_at, ...facts } = json;
			const { at, ...received } = await uploadedFile(run, String(download_url));
			const { size, sha256 } = given[index] ?? {};
			expectEqual('received', received, { name: names[index], mime, size, sha256 });
			expectEqual('facts', facts, { filename: names[index], size, mime_type: mime });
			const early = at + ttlMs - Date.parse(String(expires_at));
			assert(early >= 0 && early < ttlMs / 10, `expires_at is ${early} ms before the link's end`);
		}
	}
	const fetched = (await run.files('Fetch')).map(({ data }) => contentOf(data));
	expectEqual('fetched by the links', fetched, given.map(contentOf));
	expectEqual(
		'asked for',
		namesAskedFor(run),
		Object.values(sent)
			.flatMap(({ names }) => names)
			.sort(),
	);
	expectEqual('uploads', run.requests('PUT', '/').length, 4);
}

const contentOf = (file: FileFacts | undefined) => ({
	size: file?.size,
	sha256: file?.sha256,
});
