import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { expectEqual } from '../checks.cjs';
import { madeBy } from './file-facts.cjs';
import { expectJobs, promptsOf } from './results.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Subtitles as a file, One Item per File, and Include Input Fields. */
export async function filesOut(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	await expectSubtitles(run);
	await expectPictures(run);
	await expectUrls(run);
	expectJobs(run, 6);
}

/** What the input's items have beside the fields that a result has too. */
const inputs = [1, 2].map((row) => ({ row, prompt: `Picture ${row}` }));

const firstKeys = (run: Run, node: string): unknown[] =>
	run.json(node).map((json) => Object.keys(json)[0]);

/** Subtitles are the text, and a file that is named after the recording. */
async function expectSubtitles(run: Run): Promise<void> {
	const jobs = run.jobs('Subtitles');
	const items = run.json('Subtitles');
	expectEqual('pairing of the subtitles', run.sources('Subtitles'), [0, 1]);
	expectEqual('first of the keys', firstKeys(run, 'Subtitles'), ['text', 'text']);
	for (const [index, { text, credit_used: _credits, ...json }] of items.entries()) {
		const { processId: process_id, model } = jobs[index] ?? {};
		expectEqual('item', json, { ...inputs[index], process_id, model, status: 'COMPLETED' });
		assert(String(text).startsWith('1\n00:00:00,000 --> 00:'), `subtitles: ${String(text)}`);
	}
	const files = items.map(({ text }, index) => {
		const bytes = Buffer.from(String(text));
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		const name = ['My talk.srt', 'Größe.srt'][index];
		return { subtitles: { name, mime: 'application/x-subrip', size: bytes.length, sha256 } };
	});
	expectEqual('files of the subtitles', await run.files('Subtitles'), files);
}

/** Each picture is an item with one file, paired with the item that asked for it. */
async function expectPictures(run: Run): Promise<void> {
	const items: object[] = [];
	const files: object[] = [];
	for (const { index, job, input } of samplesOf(run, 'Pictures')) {
		const { output, files: made, status } = await madeBy(run.state, job);
		const { process_id, credit_used } = status;
		items.push({
			...{ ...input, process_id, model: 'txt2img', status: 'COMPLETED', output: [output[index]] },
			// In the first item of a job only.
			...(index === 0 && { credit_used }),
		});
		files.push({ picture: made[index] });
	}
	expectEqual('items of the pictures', run.json('Pictures'), items);
	expectEqual('first of the keys', firstKeys(run, 'Pictures'), Array(4).fill('output'));
	expectEqual('files of the pictures', await run.files('Pictures'), files);
}

/** Without the download each URL is an item, and without the option none has a field of the input. */
async function expectUrls(run: Run): Promise<void> {
	const urls: unknown[] = [];
	for (const { index, job } of samplesOf(run, 'Only the result')) {
		urls.push([(await madeBy(run.state, job)).output[index]]);
	}
	const items = run.json('Only the result');
	expectEqual(
		'URLs',
		items.map(({ output }) => output),
		urls,
	);
	const kept = items.filter((json) => 'row' in json || 'prompt' in json);
	expectEqual('items with fields of the input', kept, []);
	expectEqual('files', await run.files('Only the result'), [{}, {}, {}, {}]);
}

/** The two pictures of each of the two jobs of a node. */
function samplesOf(run: Run, node: string) {
	const jobs = run.jobs(node);
	expectEqual(`pairing of "${node}"`, run.sources(node), [0, 0, 1, 1]);
	const prompts = inputs.flatMap(({ prompt }) => [prompt, prompt]);
	expectEqual(`prompts of "${node}"`, promptsOf(jobs), prompts);
	return jobs.map((job, at) => ({ index: at % 2, job, input: inputs[Math.floor(at / 2)] }));
}
