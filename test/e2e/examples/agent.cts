import assert from 'node:assert/strict';

import { startChatModel } from '../../support/chat-model.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { importExample } from './imported.cjs';

const trigger = 'When chat message received';

/** A chat whose model uses both tools and repeats what they return. */
export async function checkAgent(instance: SingleInstance): Promise<string> {
	const { api, emulator } = instance;
	const model = await startChatModel('A lighthouse at dawn');
	try {
		await api.createCredential({
			name: 'OpenAI account',
			type: 'openAiApi',
			data: { apiKey: 'e2e-key', url: model.baseUrl },
		});
		const before = emulator.state.requests.length;
		const workflow = await importExample(instance, 'agent-with-tools', (file) => {
			const chatInput = 'Paint a lighthouse and read me a line about it.';
			file.pinData = {
				[trigger]: [{ json: { sessionId: 'e2e', action: 'sendMessage', chatInput } }],
			};
		});
		const id = await api.run(workflow, trigger);
		const execution = await api.waitForExecution(id ?? '');
		execution.requireSuccess();

		expectEqual(
			'submitted',
			emulator.state.requests
				.slice(before)
				.flatMap(({ path }) => /^\/v1\/generate\/([\w-]+)/.exec(path)?.[1] ?? [])
				.sort(),
			['sdxl-base', 'sunoai-bark'],
		);
		const { output } = execution.items('AI Agent')[0]?.json ?? {};
		const files = String(output).match(/\/files\/[\w.-]+\.(png|wav)/g) ?? [];
		assert(
			files.some((file) => file.endsWith('.png')) && files.some((file) => file.endsWith('.wav')),
			`the agent answered: ${String(output)}`,
		);
		return `${model.requests.length} calls of the model, 2 tools`;
	} finally {
		model.close();
	}
}
