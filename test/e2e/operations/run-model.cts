import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { receivedFile } from './file-facts.cjs';
import { expectFiles, expectJobs } from './results.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';
import { uploadedFile } from './uploads.cjs';

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
	expectJobs(run, 4);
}

/** The same with models that are in the catalogue, which the gateway has too. */
export async function runKnownModel(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const given = (await run.files('Two recordings')).map(({ data }) => data);
	expectEqual('sizes', [given[0]?.size, given[1]?.size], [5000, 9_000_001]);
	const heard = run.jobs('Transcribe');
	expectEqual('files', heard.map(receivedFile), given);
	expectEqual(
		'ways',
		heard.map(({ file }) => [file?.field, file?.source]),
		[
			['file', 'part'],
			['file', 'url'],
		],
	);
	expectEqual(
		'inputs',
		heard.map(({ inputs }) => inputs),
		[1, 2].map((number) => ({ language: 'de', prompt: `Number ${number}`, diarize: false })),
	);
	expectEqual('pairing', run.sources('Transcribe'), [0, 1]);
	for (const [index, { text }] of run.json('Transcribe').entries()) {
		const { name, size } = given[index] ?? {};
		const expected = `the transcript of ${String(name)}. It was a file of ${String(size)} bytes`;
		assert(String(text).includes(expected), `text: ${String(text)}`);
	}
	const { name, mime, size, sha256 } = await uploadedFile(run, heard[1]?.file?.url ?? '');
	expectEqual('uploaded', { name, mime, size, sha256 }, given[1]);
	const [painted] = await expectFiles(run, 'Paint', { prompts: ['A hill'] });
	expectEqual('inputs', painted?.inputs, { prompt: 'A hill', samples: 2, steps: 30 });
	expectJobs(run, 3);
}
