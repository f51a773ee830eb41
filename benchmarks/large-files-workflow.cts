import type { N8nApi } from '../test/support/n8n/api.cjs';
import type { StoredExecution } from '../test/support/n8n/execution.cjs';
import { decodeFlatted } from '../test/support/n8n/flatted.cjs';
import type { WorkflowFile } from '../test/support/n8n/workflow.cjs';
import type { Case, Sample } from './large-files-cases.cjs';

export function workflowOf(test: Case, sample: Sample, uploadUrl: string): WorkflowFile {
	const start = {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
	const nodes = [start, ...test.nodes(sample, uploadUrl)].map((node, index) => ({
		...node,
		id: `node-${index}`,
		position: [index * 200, 0] as [number, number],
		...(node.type.includes('monsterapi')
			? { credentials: { monsterApi: { id: null, name: 'MonsterAPI account' } } }
			: {}),
	}));
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [
				nodes[index]?.name,
				{ main: [[{ node: name, type: 'main', index: 0 }]] },
			]),
	);
	return { name: test.what, nodes, connections, settings: { executionOrder: 'v1' } };
}

/** When a node ran, in wall-clock milliseconds. */
export async function nodeTimes(api: N8nApi, executionId: string, nodeName: string) {
	const stored = await api.session.call<StoredExecution>('GET', `/executions/${executionId}`);
	const decoded = decodeFlatted(stored.data ?? '') as {
		resultData: { runData: Record<string, Array<{ startTime: number; executionTime: number }>> };
	};
	const run = decoded.resultData.runData[nodeName]?.at(-1);
	if (!run) throw new Error(`${nodeName} has not run.`);
	return { from: run.startTime, to: run.startTime + run.executionTime };
}
