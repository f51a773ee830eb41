import type { StoredCredential, WorkflowFile, WorkflowNode } from '../../support/n8n/workflow.cjs';

/** A tool's parameter that the language model decides on, as n8n's button writes it. */
export const fromAgent = (key: string): string =>
	`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, 'string') }}`;

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
	credential?: StoredCredential,
): WorkflowNode => ({
	id: name,
	name,
	type,
	typeVersion,
	position: [0, 0],
	parameters,
	...(credential && {
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	}),
});

/** The action node's operations that an agent can call, by the tool's name. */
export type Tools = Readonly<Record<string, Record<string, unknown>>>;

/**
 * A workflow with an AI Agent that has a chat model and tools.
 * @param version of the AI Agent node
 */
export function agentWorkflow(
	version: number,
	chat: StoredCredential,
	monsterApi: StoredCredential,
	tools: Tools,
): WorkflowFile {
	const chatModel = node(
		'Chat model',
		'@n8n/n8n-nodes-langchain.lmChatOpenAi',
		1.2,
		{ model: { __rl: true, mode: 'id', value: 'stand-in' }, options: { maxRetries: 0 } },
		chat,
	);
	const toolNodes = Object.entries(tools).map(([name, parameters]) =>
		node(name, 'n8n-nodes-monsterapi.monsterApiTool', 1, parameters, monsterApi),
	);
	const agent = node('AI Agent', '@n8n/n8n-nodes-langchain.agent', version, {
		promptType: 'define',
		text: 'Do what you are asked.',
		options: {},
	});
	const to = (target: string, type: string) => ({
		[type]: [[{ node: target, type, index: 0 }]],
	});
	return {
		name: `Agent ${version}`,
		nodes: [node('Start', 'n8n-nodes-base.manualTrigger', 1, {}), agent, chatModel, ...toolNodes],
		connections: {
			Start: to('AI Agent', 'main'),
			'Chat model': to('AI Agent', 'ai_languageModel'),
			...Object.fromEntries(toolNodes.map(({ name }) => [name, to('AI Agent', 'ai_tool')])),
		},
		settings: { executionOrder: 'v1' },
	};
}
