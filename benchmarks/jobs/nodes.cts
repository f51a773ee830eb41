import type { IDataObject, INode } from 'n8n-workflow';

import { execute, startEngine } from '../../test/support/engine/engine.cjs';
import { link, loadN8nNodes, node, runWorkflow } from '../n8n-workflow.cjs';
import { apiKey, model, promptOf, type Candidate } from './candidate.cjs';

const generate = {
	resource: 'model',
	operation: 'generateText',
	model,
	prompt: '={{ $json.prompt }}',
};

const itemsOf = (jobs: number) =>
	Array.from({ length: jobs }, (_none, job) => ({ json: { prompt: promptOf(job) } }));

/**
 * The built node in n8n's engine.
 * @param earlierJobs how many jobs an earlier execution of the workflow has run
 */
export const thisNode = (options: IDataObject = {}, earlierJobs = 0): Candidate => ({
	prepare: async ({ baseUrl, jobs }) => {
		await startEngine('filesystem');
		const staticData: IDataObject = {};
		const run = async (count: number) => {
			const { items, error } = await execute({
				parameters: { ...generate, options },
				credential: { apiKey, baseUrl },
				items: itemsOf(count),
				staticData,
			});
			if (error !== undefined) throw new Error(error.message);
			return items.map(({ json }) => json['text']);
		};
		if (earlierJobs > 0) await run(earlierJobs);
		return async () => await run(jobs);
	},
});

const headers = {
	sendHeaders: true,
	headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${apiKey}` }] },
};

const isCompleted = {
	id: 'done',
	leftValue: '={{ $json.status }}',
	rightValue: 'COMPLETED',
	operator: { type: 'string', operation: 'equals' },
};

const httpRequestNodes = (baseUrl: string, seconds: number): INode[] => [
	node('Submit', 'HttpRequest', 4.2, {
		method: 'POST',
		url: `${baseUrl}/generate/${model}`,
		...headers,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ { prompt: $json.prompt } }}',
		options: {},
	}),
	node('Wait', 'Wait', 1.1, { resume: 'timeInterval', amount: seconds, unit: 'seconds' }),
	node('Status', 'HttpRequest', 4.2, {
		url: `=${baseUrl}/status/{{ $json.process_id }}`,
		...headers,
		options: {},
	}),
	node('If', 'If', 2.2, {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [isCompleted],
		},
		options: {},
	}),
];

/** n8n's own nodes: submit, wait, status, if, and back to wait while jobs run. */
export const httpRequestLoop = (seconds: number): Candidate => ({
	prepare: async ({ baseUrl, jobs, n8nNodes }) => {
		await startEngine('filesystem');
		const types = await loadN8nNodes(n8nNodes, ['HttpRequest', 'Wait', 'If']);
		const connections = {
			Start: { main: [link('Submit')] },
			Submit: { main: [link('Wait')] },
			Wait: { main: [link('Status')] },
			Status: { main: [link('If')] },
			If: { main: [link('Done'), link('Wait')] },
		};
		return async () => {
			const nodes = httpRequestNodes(baseUrl, seconds);
			const out = await runWorkflow(types, nodes, connections, itemsOf(jobs));
			return out.map(({ json }) => (json['result'] as IDataObject)['text']);
		};
	},
});
