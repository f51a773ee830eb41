import { join } from 'node:path';

import { WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type IVersionedNodeType,
} from 'n8n-workflow';

import { passOn } from '../test/support/engine/pass-on.cjs';
import { serverData } from '../test/support/engine/server-data.cjs';
import { ensureN8n, N8N_2 } from '../test/support/n8n/install.cjs';

type NodeTypes = ReadonlyMap<string, INodeType>;

/** The folder of n8n's own nodes, in a complete n8n. */
export async function n8nNodesFolder(): Promise<string> {
	const { folder } = await ensureN8n(N8N_2, console.log);
	return join(folder, 'node_modules', 'n8n-nodes-base', 'dist', 'nodes');
}

/** Loads some of n8n's own nodes, such as `HttpRequest`, by name. */
export async function loadN8nNodes(folder: string, names: readonly string[]): Promise<NodeTypes> {
	const types = new Map<string, INodeType>();
	for (const name of names) {
		const file = join(folder, name, `${name}.node.js`);
		const module = (await import(file)) as Record<string, new () => INodeType | IVersionedNodeType>;
		const NodeClass = module[name];
		if (NodeClass === undefined) throw new Error(`${file} does not export ${name}`);
		const type = new NodeClass();
		types.set(name, 'nodeVersions' in type ? type.getNodeType() : type);
	}
	return types;
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
	parameters: JSON.parse(JSON.stringify(parameters)) as INode['parameters'],
});

export const link = (to: string) => [{ node: to, type: 'main' as const, index: 0 }];

/**
 * Runs nodes in n8n's engine, connected from `Start` to `Done`.
 * @returns the items that reached `Done`, in order of arrival
 */
export async function runWorkflow(
	types: NodeTypes,
	nodes: readonly INode[],
	connections: IConnections,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const workflow = new Workflow({
		id: 'benchmark',
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
	const executionData = {
		nodeExecutionStack: [{ node: start, data: { main: [items] }, source: null }],
	};
	const { data } = await new WorkflowExecute(
		serverData({}, async (_credential, options) => await Promise.resolve(options)),
		'manual',
		createRunExecutionData({ startData: {}, executionData }),
	).processRunExecutionData(workflow);
	if (data.resultData.error) throw data.resultData.error;
	return (data.resultData.runData['Done'] ?? []).flatMap((run) => run.data?.['main']?.[0] ?? []);
}
