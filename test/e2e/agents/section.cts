import assert from 'node:assert/strict';

import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { ChatModel, type Script } from './chat-model.cjs';
import { checkConversations, received, tools } from './conversations.cjs';
import { agentWorkflow } from './workflow.cjs';

/** Versions of the AI Agent node: up to 2 it calls tools itself, from 3 on n8n's engine does. */
const agentVersions = [2.2, 3];

/** Real AI Agents that call the node, against a stand-in for the language model. */
export async function checkAgents(instance: SingleInstance, checks: Checks): Promise<void> {
	await checks.check('the node is listed among the tools of agents', async () => {
		const types = await instance.api.nodeTypes();
		const codexOf = (name: string) =>
			types.find((type) => type.name === `n8n-nodes-monsterapi.${name}`)?.['codex'] as
				| { categories?: string[]; subcategories?: Record<string, string[]> }
				| undefined;
		expectEqual('categories', codexOf('monsterApiTool')?.categories, ['AI']);
		expectEqual('subcategories', codexOf('monsterApiTool')?.subcategories, {
			AI: ['Tools'],
			Tools: ['Other Tools'],
		});
		expectEqual('own subcategories', codexOf('monsterApi')?.subcategories, undefined);
	});
	const model = await ChatModel.start();
	try {
		const chat = await instance.api.createCredential({
			name: 'Stand-in',
			type: 'openAiApi',
			data: { apiKey: 'stand-in', url: model.url },
		});
		for (const version of agentVersions) {
			const file = agentWorkflow(version, chat, instance.credential, tools);
			const workflow = await instance.api.createWorkflow(file);
			/** Lets the agent work, and gives what the model received after its first tool call. */
			const converse = async (script: Script) => {
				model.follow([...script, { say: 'Done.' }]);
				const execution = await instance.api.runToEnd(workflow);
				execution.requireSuccess();
				expectEqual('answer', execution.items('AI Agent')[0]?.json['output'], 'Done.');
				const second = model.requests[1];
				assert(second !== undefined, 'the model was not asked again');
				return received(second);
			};
			await checkConversations(instance, checks, version, model, converse);
		}
	} finally {
		await model.close();
	}
}
