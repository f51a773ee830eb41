import type { Checks } from './checks.cjs';
import { checkAgent } from './examples/agent.cjs';
import { checkForm } from './examples/form.cjs';
import { filesFolder } from './examples/imported.cjs';
import {
	expectNotResubmitted,
	expectResult,
	parkLongJob,
	type ParkedJob,
} from './examples/long-job.cjs';
import { checkNightlyImages } from './examples/nightly-images.cjs';
import { checkVoiceNotes } from './examples/voice-notes.cjs';
import type { SingleInstance } from './single-instance.cjs';

/** The examples that need more than a click: a form, a chat, a table, a messenger, a restart. The demo runs the others. */
export async function checkExamples(instance: SingleInstance, { check }: Checks): Promise<void> {
	let parked: ParkedJob | undefined;
	await check('long-job: the execution is parked', async () => {
		parked = await parkLongJob(instance);
	});
	await check('n8n ends and starts again', async () => {
		await instance.restart({ N8N_RESTRICT_FILE_ACCESS_TO: filesFolder(instance) });
		if (parked !== undefined) expectNotResubmitted(instance, parked);
	});
	await check('form-to-subtitles: two files', async () => await checkForm(instance));
	await check('nightly-images: two nights', async () => await checkNightlyImages(instance));
	await check('agent-with-tools: both tools', async () => await checkAgent(instance));
	await check('voice-notes: an answer', async () => await checkVoiceNotes(instance));
	await check('long-job: the result comes after the restart', async () => {
		if (parked === undefined) throw new Error('it was not parked');
		return await expectResult(instance, parked);
	});
}
