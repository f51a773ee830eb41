import assert from 'node:assert/strict';

import { isRunning, phaseOf } from '../../../emulator/deploy/deployment.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import { billedRequests, completeJobs } from '../crashes/crash.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import type { ChatModel, ChatRequest, Script } from './chat-model.cjs';
import { fromAgent, type Tools } from './workflow.cjs';

const byId = { deploymentId: { __rl: true, mode: 'id', value: fromAgent('Deployment') } };
/** The tools of the agent. */
export const tools: Tools = {
	write: {
		resource: 'model',
		operation: 'generateText',
		model: 'falcon-7b-instruct',
		prompt: fromAgent('Prompt'),
		options: { timeout: 2 },
	},
	paint: {
		resource: 'model',
		operation: 'generateImage',
		prompt: fromAgent('Prompt'),
		output: 'fields',
		fields: ['output'],
	},
	wait: { resource: 'job', operation: 'wait', processId: fromAgent('Process_ID') },
	deploy: {
		resource: 'deployment',
		operation: 'deployLlm',
		basemodelPath: fromAgent('Base_Model_Path'),
		options: { timeout: 0.5 },
	},
	terminate: { resource: 'deployment', operation: 'terminate', ...byId },
};

/** The JSON that the language model received for its last tool call: one object for each item. */
export function received({ toolResults }: ChatRequest): Array<Record<string, unknown>> {
	const last = toolResults.at(-1);
	assert(last !== undefined, 'the model received no result of a tool');
	return [JSON.parse(last) as Record<string, unknown>].flat();
}

const idIn = (request: ChatRequest, field: string): string => {
	const [item] = received(request);
	assert(typeof item?.[field] === 'string', `no ${field} in ${JSON.stringify(item)}`);
	return item[field];
};

/**
 * What one version of the AI Agent receives from the node, and what it pays.
 * @param converse lets the agent work, and gives what the model received after its first tool call
 */
export async function checkConversations(
	instance: SingleInstance,
	{ check }: Checks,
	version: number,
	model: ChatModel,
	converse: (script: Script) => Promise<Array<Record<string, unknown>>>,
): Promise<void> {
	const { state } = instance.emulator;
	const begin = (settings: Partial<typeof state.settings> = {}) => {
		state.reset();
		Object.assign(state.settings, settings);
	};
	const agent = `agent ${version}`;

	await check(`${agent}: calls the tool and gets text`, async () => {
		begin();
		const [item] = await converse([{ call: 'write', args: { Prompt: 'What is two and two?' } }]);
		expectEqual('status', item?.['status'], 'COMPLETED');
		assert(String(item?.['text']).includes('two and two'), `text: ${JSON.stringify(item)}`);
		expectEqual('requests', billedRequests(instance), 1);
		const offered = new Map(model.requests[0]?.tools.map((tool) => [tool.name, tool]));
		expectEqual('tools', [...offered.keys()].sort(), Object.keys(tools).sort());
		const description = (name: string) => offered.get(name)?.description ?? '';
		assert(/Input: prompt.* Output: JSON with text/.test(description('write')), 'description');
		assert(/list of URLs/.test(description('paint')), 'description of images');
		assert(/costs money by the hour/.test(description('deploy')), 'description of Deploy');
	});

	await check(`${agent}: gets the URLs of images, and the selected fields only`, async () => {
		begin();
		const [item] = await converse([{ call: 'paint', args: { Prompt: 'A boat' } }]);
		assert(/^\["http[^"]+"\]$/.test(JSON.stringify(item?.['output'])), JSON.stringify(item));
		expectEqual('fields', Object.keys(item ?? {}).sort(), ['output', 'process_id', 'status']);
	});

	await check(`${agent}: gets the reason of a failure, with advice`, async () => {
		begin();
		const [item] = await converse([{ call: 'write', args: { Prompt: '[fail: too hot]' } }]);
		expectEqual('error', item?.['error'], 'MonsterAPI could not finish the job: too hot');
		assert(String(item?.['description']).includes('try again'), 'no advice');
		expectEqual('job', item?.['process_id'], [...state.jobs.keys()][0]);
		expectEqual('retryable', item?.['retryable'], true);
		expectEqual('requests', billedRequests(instance), 1);
	});

	await check(`${agent}: waits for an accepted job instead of paying again`, async () => {
		begin({ workMs: 3_600_000 });
		const [item] = await converse([
			{ call: 'write', args: { Prompt: 'Take your time.' } },
			(request) => {
				completeJobs(instance);
				return { call: 'wait', args: { Process_ID: idIn(request, 'process_id') } };
			},
		]);
		expectEqual('retryable', item?.['retryable'], false);
		assert(String(item?.['description']).includes('Job > Wait'), 'no advice');
		const last = model.requests.at(-1);
		assert(last !== undefined, 'no last request');
		expectEqual('status', received(last)[0]?.['status'], 'COMPLETED');
		expectEqual('requests', billedRequests(instance), 1);
	});

	await check(`${agent}: learns that a job may have been accepted`, async () => {
		begin();
		state.faults.push({ path: '/v1/generate/', drop: 'after' });
		const [item] = await converse([{ call: 'write', args: { Prompt: 'Hello' } }]);
		assert(typeof item?.['error'] === 'string', JSON.stringify(item));
		assert(String(item['description']).length > 0, 'no advice');
		expectEqual('retryable', item['retryable'], false);
		expectEqual('requests', billedRequests(instance), 1);
	});

	await check(`${agent}: can terminate a deployment that is not live in time`, async () => {
		begin({ deployPendingMs: 0, deployBuildMs: 3_600_000 });
		const [item] = await converse([
			{ call: 'deploy', args: { Base_Model_Path: 'mistralai/Mistral-7B-v0.1' } },
			(request) => ({
				call: 'terminate',
				args: { Deployment: idIn(request, 'deployment_id') },
			}),
		]);
		expectEqual('retryable', item?.['retryable'], false);
		assert(String(item?.['description']).includes('Terminate'), 'no advice');
		const all = [...state.deployments.values()];
		expectEqual('deployments', all.length, 1);
		const running = all.filter((one) => isRunning(phaseOf(one, state.now())));
		expectEqual('running deployments', running.length, 0);
	});
}
