import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { expectFiles, expectJobs } from './results.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** The request that the emulator echoes for each item of a node. */
const echoes = (run: Run, node: string): unknown[] =>
	run.json(node).map(({ text }) => JSON.parse(String(text)) as unknown);

/** Model > Run with a file in the request, with one above 8 MB by an upload link, and without a file. */
export async function runModel(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const notes = run.json('Two files').map(({ note }) => note);
	const [small, large] = (await run.files('Two files')).map(({ data }) => data);
	expectEqual('name', small?.name, 'Größe 1 🎈.bin');
	expectEqual('size', large?.size, 9_000_001);

	const [upload, ...more] = run.state.uploads.values();
	assert(upload !== undefined && more.length === 0, 'one upload expected');
	const { filename: name, stored } = upload;
	const { mime, size, sha256 } = stored ?? {};
	expectEqual('upload', { name, mime, size, sha256 }, large);
	const [within, byLink] = echoes(run, 'With a file');
	// A form has only text values.
	expectEqual('sent within the call', within, { note: notes[0], level: '3', recording: small });
	const link = run.jobs('With a file')[1]?.file?.url;
	assert(link?.includes(`/uploads/${upload.id}/`) === true, `sent by ${link}`);
	expectEqual('sent by a link', byLink, { note: notes[1], level: 3, recording: link });

	expectEqual(
		'sent without a file',
		echoes(run, 'Without a file'),
		notes.map((note) => ({ note, list: [1, { two: 2 }], none: null })),
	);
	for (const node of ['With a file', 'Without a file']) {
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1]);
	}
	const [known] = await expectFiles(run, 'Known model', { prompts: ['A hill'] });
	expectEqual('inputs', known?.inputs, { prompt: 'A hill', samples: 2, steps: 30 });
	expectJobs(run, 5);
}
