import { LoadOptionsContext, SupplyDataContext } from 'n8n-core';
import {
	NodeConnectionTypes,
	createRunExecutionData,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeType,
	type IWorkflowMetadata,
} from 'n8n-workflow';

import { loadPackage, prepare, type RunOptions } from './engine.cjs';

// n8n is compiled without exactOptionalPropertyTypes: its contexts declare the workflow's name as possibly undefined,
// where the interfaces that they are called with declare it as possibly absent.
declare module 'n8n-core/dist/execution-engine/node-execution-context/node-execution-context' {
	interface NodeExecutionContext {
		getWorkflow(): IWorkflowMetadata;
	}
}

/** The node as the package's loader gives it. */
export async function nodeType(name: string): Promise<INodeType> {
	const type = (await loadPackage()).nodeTypes[name]?.type;
	if (type === undefined || 'nodeVersions' in type) throw new Error(`The package has no ${name}`);
	return type;
}

/** Runs the node as n8n does when an AI Agent calls it: the arguments are its input, on the tool's connection. */
export async function callAsTool(
	options: RunOptions,
	args: IDataObject,
	signal?: AbortSignal,
): Promise<INodeExecutionData[]> {
	const { workflow, node: tool, data } = prepare({ ...options, type: 'monsterApiTool' });
	const items = [{ json: args }];
	const context = new SupplyDataContext(
		workflow,
		tool,
		data,
		'manual',
		createRunExecutionData(),
		0,
		items,
		{ [NodeConnectionTypes.AiTool]: [items] },
		NodeConnectionTypes.AiTool,
		{ node: tool, data: {}, source: null },
		[],
		signal,
	);
	const type = await nodeType('monsterApi');
	const output = await type.execute?.call(context as never);
	return Array.isArray(output) ? (output[0] ?? []) : [];
}

/** Asks one of the node's pickers, as the editor does. */
export async function searchList(
	options: RunOptions,
	method: string,
	filter?: string,
): Promise<unknown> {
	const search = (await nodeType('monsterApi')).methods?.listSearch?.[method];
	return await search?.call(pickerContext(options), filter);
}

/** What n8n gives to one of the node's pickers. */
export function pickerContext(options: RunOptions): ILoadOptionsFunctions {
	const { workflow, node, data } = prepare(options);
	return new LoadOptionsContext(workflow, node, data, 'parameters.options.webhookName');
}
