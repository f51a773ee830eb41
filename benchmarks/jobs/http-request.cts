import type { IDataObject, INode } from 'n8n-workflow';

import { startEngine } from '../../test/support/engine/engine.cjs';
import { loadN8nNodes } from '../n8n-nodes.cjs';
import { node, runByHand, to } from './by-hand.cjs';
import { apiKey, model, promptOf, type Contender } from './candidate.cjs';

const headers = {
	sendHeaders: true,
	headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${apiKey}` }] },
};

const condition = {
	id: 'done',
	leftValue: '={{ $json.status }}',
	rightValue: 'COMPLETED',
	operator: { type: 'string', operation: 'equals' },
};

/** Submit → Wait → Status → If, and back to Wait for those that still run. */
const nodesOf = (baseUrl: string, everySeconds: number): INode[] => [
	node('Submit', 'HttpRequest', 4.2, {
		method: 'POST',
		url: `${baseUrl}/generate/${model}`,
		...headers,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ { prompt: $json.prompt } }}',
		options: {},
	}),
	node('Wait', 'Wait', 1.1, { resume: 'timeInterval', amount: everySeconds, unit: 'seconds' }),
	node('Status', 'HttpRequest', 4.2, {
		url: `=${baseUrl}/status/{{ $json.process_id }}`,
		...headers,
		options: {},
	}),
	node('If', 'If', 2.2, {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [condition],
		},
		options: {},
	}),
];

/** What one builds from n8n's own nodes. */
export const httpRequestLoop = (everySeconds: number): Contender => ({
	prepare: async ({ baseUrl, jobs, rivals }) => {
		await startEngine('filesystem');
		const types = await loadN8nNodes(rivals.n8nNodes, ['HttpRequest', 'Wait', 'If']);
		const connections = {
			Start: { main: [to('Submit')] },
			Submit: { main: [to('Wait')] },
			Wait: { main: [to('Status')] },
			Status: { main: [to('If')] },
			If: { main: [to('Done'), to('Wait')] },
		};
		const nodes = nodesOf(baseUrl, everySeconds);
		const items = Array.from({ length: jobs }, (_none, job) => ({
			json: { prompt: promptOf(job) },
		}));
		return async () => {
			const out = await runByHand({ types, nodes, connections }, items);
			return out.map(({ json }) => (json['result'] as IDataObject)['text']);
		};
	},
});
