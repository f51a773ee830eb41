import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { readJob } from '../job-status.cjs';
import { madeBy, receivedFile } from './file-facts.cjs';
import { expectFiles, expectJobs, expectSent, expectSentUrls, firstOutputs } from './results.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Speech without a voice sample, and with one from a file and from a URL. */
export async function cloneVoice(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const texts = ['Good morning [slow 1.6]', 'Good evening'];
	const textsThat = (are: string) => texts.map((text) => `${text}, ${are}`);

	const spoken = await expectFiles(run, 'Speak', { prompts: texts });
	for (const { inputs, file } of spoken) {
		// Only what is set is sent.
		expectEqual('voice_clone', inputs['voice_clone'], undefined);
		expectEqual('speaker', inputs['speaker'], 'de_speaker_3');
		expectEqual('sample_rate', inputs['sample_rate'], 22050);
		assert(file === undefined, 'a file was sent although no voice is cloned');
	}
	const cloned = await expectFiles(run, 'Clone', { prompts: textsThat('cloned') });
	const voices = (await run.files('Speak')).map(({ data }) => data);
	expectSent(cloned, 'file', voices);
	const byUrl = await expectFiles(run, 'Clone by URL', {
		prompts: textsThat('by URL'),
		download: false,
	});
	expectSentUrls(byUrl, 'file', firstOutputs(run, 'Speak'));
	for (const { inputs } of [...cloned, ...byUrl])
		expectEqual('voice_clone', inputs['voice_clone'], true);
	expectJobs(run, 6);
}

/** Transcripts of recordings that are sent by URL. */
export async function transcribeUrl(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const prompts = ['The first recording [slow 1.6]', 'The second recording'];
	const spoken = await expectFiles(run, 'Speak', { prompts, download: false });
	const urls = firstOutputs(run, 'Speak');
	const made = await Promise.all(spoken.map(async (job) => (await madeBy(run.state, job)).files));
	for (const node of ['Speakers', 'Subtitles', 'As it came']) {
		const jobs = run.jobs(node);
		expectSentUrls(jobs, 'file', urls);
		expectEqual('pairing', run.sources(node), [0, 1]);
		expectEqual('files behind the addresses', jobs.map(receivedFile), made.flat());
	}
	for (const [index, { text, segments }] of run.json('Speakers').entries()) {
		assert(Array.isArray(segments), 'there are no segments');
		expectEqual(
			'speakers',
			segments.map(({ speaker }: { speaker?: unknown }) => speaker),
			['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_02'],
		);
		const { name = '', size } = made[index]?.[0] ?? {};
		assert(
			String(text).includes(`${name}. It was a file of ${String(size)} bytes`),
			`text: ${String(text)}`,
		);
	}
	for (const { text, model } of run.json('Subtitles')) {
		expectEqual('model', model, 'speech2text-v2');
		assert(String(text).startsWith('1\n00:00:00,000 --> 00:'), `subtitles: ${String(text)}`);
	}
	for (const [index, json] of run.json('As it came').entries()) {
		expectEqual('fields', Object.keys(json).sort(), [
			'credit_used',
			'model',
			'overage',
			'process_id',
			'result',
			'status',
		]);
		const { processId = '' } = run.jobs('As it came')[index] ?? {};
		const { result = {} } = await readJob(run.state, processId);
		expectEqual('result', json.result, result);
		const missing = ['duration', 'language', 'segments', 'text'].filter((one) => !(one in result));
		expectEqual('missing in the result', missing, []);
	}
	expectEqual('uploads', run.requests('PUT', '/').length, 0);
	expectJobs(run, 8);
}
