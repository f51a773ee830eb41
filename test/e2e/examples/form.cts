import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { filesFolder, importExample } from './imported.cjs';
import { recording } from './recording.cjs';

/** Fills in the form as a browser does, and reads the two files. */
export async function checkForm(instance: SingleInstance): Promise<string> {
	const { api, baseUrl } = instance;
	const workflow = await importExample(instance, 'form-to-subtitles');
	await api.publish(workflow);
	const path = String(workflow.nodes.find(({ webhookId }) => webhookId !== undefined)?.webhookId);
	const body = new FormData();
	body.set('field-0', new File([recording()], '../Team call #1.wav', { type: 'audio/wav' }));
	const answer = await fetch(`${baseUrl}/form/${path}`, {
		method: 'POST',
		body,
		headers: { connection: 'close' },
	});
	expectEqual('answer', answer.status, 200);
	const [run] = await triggeredExecutions(api, workflow.id, 1);
	(await api.execution(run?.id ?? '')).requireSuccess();
	await api.unpublish(workflow);

	const folder = filesFolder(instance);
	const names = readdirSync(folder).filter((name) => name.includes('Team-call'));
	const [subtitles = '', transcript = ''] = names.sort();
	expectEqual('number of files', names.length, 2);
	assert(/^[\d-]+-Team-call-1\.srt$/.test(subtitles), `the subtitles are ${subtitles}`);
	assert(/^[\d-]+-Team-call-1\.txt$/.test(transcript), `the transcript is ${transcript}`);
	const read = (name: string) => readFileSync(join(folder, name), 'utf8');
	assert(/^1\n00:00:00,000 --> 00:00:\d\d,\d{3}\n\S/.test(read(subtitles)), read(subtitles));
	assert(
		/^\[emulated\] This is the transcript of .* emulated\.$/.test(read(transcript)),
		read(transcript),
	);
	return names.join(', ');
}
