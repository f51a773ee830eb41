import { join } from 'node:path';

import { WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type IDataObject,
	type INode,
	type INodeType,
	type IVersionedNodeType,
} from 'n8n-workflow';

import { startEngine } from '../../test/engine/harness/engine.cjs';
import { passOn } from '../../test/engine/harness/pass-on.cjs';
import { serverData } from '../../test/engine/harness/server-data.cjs';
import { apiKey, model, promptOf, type Contender } from './contender.cjs';

type Any = INodeType | IVersionedNodeType;

const latest = (type: Any): INodeType => ('nodeVersions' in type ? type.getNodeType() : type);

const headers = {
	sendHeaders: true,
	headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${apiKey}` }] },
};

const node = (name: string, type: string, typeVersion: number, parameters: IDataObject): INode => ({
	id: name,
	name,
	type,
	typeVersion,
	position: [0, 0],
	parameters: JSON.parse(JSON.stringify(parameters)),
});

/** What one builds from n8n's own nodes: Submit → Wait → Status → If, and back to Wait for those that still run. */
function nodesOf(baseUrl: string, everySeconds: number): INode[] {
	return [
		node('Start', 'passOn', 1, {}),
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
				conditions: [
					{
						id: 'done',
						leftValue: '={{ $json.status }}',
						rightValue: 'COMPLETED',
						operator: { type: 'string', operation: 'equals' },
					},
				],
			},
			options: {},
		}),
		node('Done', 'passOn', 1, {}),
	];
}

const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];

export const httpRequestLoop = (everySeconds: number): Contender => ({
	prepare: async ({ baseUrl, jobs, rivals }) => {
		await startEngine('filesystem');
		const types = new Map<string, INodeType>([['passOn', passOn]]);
		for (const name of ['HttpRequest', 'Wait', 'If']) {
			const file = join(rivals.n8nNodes, name, `${name}.node.js`);
			const module: Record<string, new () => Any> = await import(file);
			const type = module[name];
			if (type === undefined) throw new Error(`${file} has no ${name}`);
			types.set(name, latest(new type()));
		}
		const workflow = new Workflow({
			id: 'w',
			name: 'By hand',
			nodes: nodesOf(baseUrl, everySeconds),
			connections: {
				Start: { main: [to('Submit')] },
				Submit: { main: [to('Wait')] },
				Wait: { main: [to('Status')] },
				Status: { main: [to('If')] },
				If: { main: [to('Done'), to('Wait')] },
			},
			active: false,
			nodeTypes: {
				getByName: (name) => types.get(name) ?? passOn,
				getKnownTypes: () => ({}),
				getByNameAndVersion: (name) => types.get(name) ?? passOn,
			},
			settings: { executionOrder: 'v1' },
		});
		const start = workflow.nodes['Start'];
		if (start === undefined) throw new Error('The workflow has no start');
		const items = Array.from({ length: jobs }, (_none, job) => ({
			json: { prompt: promptOf(job), job },
		}));
		return async () => {
			const data = serverData({}, async (_credential, options) => await Promise.resolve(options));
			const execution = new WorkflowExecute(
				data,
				'manual',
				createRunExecutionData({
					startData: {},
					executionData: {
						nodeExecutionStack: [{ node: start, data: { main: [items] }, source: null }],
					},
				}),
			);
			const { data: outcome } = await execution.processRunExecutionData(workflow);
			if (outcome.resultData.error) throw outcome.resultData.error;
			// They come out in the order in which they ended; which is which tells the text alone.
			const out = (outcome.resultData.runData['Done'] ?? []).flatMap(
				(run) => run.data?.['main']?.[0] ?? [],
			);
			return out.map(({ json }) => (json['result'] as IDataObject)['text']);
		};
	},
});
