import assert from 'node:assert/strict';

import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { startTelegram } from '../../support/telegram.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
import { importExample } from './imported.cjs';

/** The first page of an Ogg file with Opus, which is what Telegram's voice notes are. */
const voiceNote = Buffer.concat([
	Buffer.from('OggS\0\x02', 'latin1'),
	Buffer.alloc(20),
	Buffer.from([1, 19]),
	Buffer.from('OpusHead\x01\x01', 'latin1'),
	Buffer.alloc(9),
]);

/** A voice note gets its text as the answer, a text message gets none. */
export async function checkVoiceNotes(instance: SingleInstance): Promise<string> {
	const { api } = instance;
	const telegram = await startTelegram(voiceNote);
	try {
		await api.createCredential({
			name: 'Telegram account',
			type: 'telegramApi',
			data: { accessToken: '123:e2e', baseUrl: telegram.baseUrl },
		});
		const workflow = await importExample(instance, 'voice-notes');
		await api.publish(workflow);
		const chat = { id: 42, type: 'private' };
		const from = { id: 42, is_bot: false, first_name: 'Ada' };
		const text = { message_id: 1, chat, from, text: 'Hello' };
		expectEqual('answer to a text', await telegram.deliver(text), 200);
		const voice = { file_id: 'voice', duration: 3, mime_type: 'audio/ogg' };
		const note = { message_id: 2, chat, from, voice };
		expectEqual('answer to a voice note', await telegram.deliver(note), 200);
		const runs = await triggeredExecutions(api, workflow.id, 2);
		for (const { id } of runs) (await api.execution(id)).requireSuccess();
		expectEqual('messages of the bot', telegram.sent.length, 1);
		const [answer] = telegram.sent;
		expectEqual('chat', Number(answer?.chat_id), 42);
		assert(
			answer?.text.includes('transcript of file_7.oga') === true,
			`it says: ${String(answer?.text)}`,
		);
		await api.unpublish(workflow);
		await until('the bot has no webhook', () => telegram.hook() === undefined);
		return answer.text.slice(0, 60);
	} finally {
		telegram.close();
	}
}
