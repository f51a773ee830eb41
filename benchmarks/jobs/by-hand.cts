import { WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';

import { passOn } from '../../test/support/engine/pass-on.cjs';
import { serverData } from '../../test/support/engine/server-data.cjs';
import { apiKey } from './candidate.cjs';

/** A workflow that one builds by hand, from `Start` to `Done`. */
export interface ByHand {
	readonly types: ReadonlyMap<string, INodeType>;
	readonly nodes: readonly INode[];
	readonly connections: IConnections;
}

export const node = (
	name: string,
	type: string,
	typeVersion = 1,
	parameters: IDataObject = {},
): INode => ({
	id: name,
	name,
	type,
	typeVersion,
	position: [0, 0],
	parameters: JSON.parse(JSON.stringify(parameters)),
	credentials: { monsterApi: { id: '1', name: 'MonsterAPI account' } },
});

export const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];

/** Runs it in n8n's engine. @returns the items that reached `Done`, in the order in which they did */
export async function runByHand(
	{ types, nodes, connections }: ByHand,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const workflow = new Workflow({
		id: 'w',
		name: 'By hand',
		nodes: [node('Start', 'passOn'), ...nodes, node('Done', 'passOn')],
		connections,
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
	const data = serverData({ apiKey }, async (_credential, options) => {
		const headers = { ...options.headers, Authorization: `Bearer ${apiKey}` };
		return await Promise.resolve({ ...options, headers });
	});
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
	return (outcome.resultData.runData['Done'] ?? []).flatMap((run) => run.data?.['main']?.[0] ?? []);
}
