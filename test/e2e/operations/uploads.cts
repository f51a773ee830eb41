import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import type { FileFacts } from './file-facts.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

const ttlMs = 30 * 60 * 1000;

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
			const [, place, id = ''] = new URL(String(download_url)).pathname.split('/');
			const upload = run.state.uploads.get(id);
			assert(place === 'uploads' && upload?.stored !== undefined, `no upload at ${place}/${id}`);
			const { size, sha256 } = upload.stored;
			expectEqual('received', { size, sha256 }, contentOf(given[index]));
			expectEqual('received as', [upload.filename, upload.stored.mime], [names[index], mime]);
			expectEqual('facts', facts, { filename: names[index], size, mime_type: mime });
			const early = upload.expiresAt - Date.parse(String(expires_at));
			assert(early >= 0 && early < ttlMs / 10, `expires_at is ${early} ms before the link's end`);
		}
	}
	const fetched = (await run.files('Fetch')).map(({ data }) => contentOf(data));
	expectEqual('fetched by the links', fetched, given.map(contentOf));
	expectEqual('uploads', run.state.uploads.size, 4);
}

const contentOf = (file: FileFacts | undefined) => ({
	size: file?.size,
	sha256: file?.sha256,
});
