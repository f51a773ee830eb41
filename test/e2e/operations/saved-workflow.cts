import { join } from 'node:path';

import { FILES_IN_JSON, type Execution } from '../../support/n8n/execution.cjs';
import { readWorkflows } from '../../support/n8n/workflow-files.cjs';
import type { StoredWorkflow, WorkflowFile, WorkflowNode } from '../../support/n8n/workflow.cjs';
import { demand } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { Run } from './run.cjs';

/** How n8n keeps a workflow's files. */
export interface FileKeeping {
	/** How the ids of stored files begin; without it they are to be in the execution's data and have none. */
	readonly storage?: string;
	/** In items, beside the JSON or inside it: a setting of n8n 2.x. */
	readonly binaryMode?: 'separate' | 'combined';
}

const folder = join(__dirname, '..', 'workflows');

/** The workflows to be run, by name. */
export const readOperations = () => readWorkflows(folder);
/** Those that others call. */
const readCalled = () => readWorkflows(join(folder, 'called'));

/** A workflow file that was imported as a user does it. */
export class SavedWorkflow {
	private constructor(
		readonly instance: Instance,
		readonly stored: StoredWorkflow,
		private readonly keeping: FileKeeping,
	) {}

	static async import(
		instance: Instance,
		file: WorkflowFile,
		keeping: FileKeeping,
	): Promise<SavedWorkflow> {
		const { binaryMode } = keeping;
		const nodes: WorkflowNode[] = [];
		for (const node of file.nodes) {
			const called = await callee(instance, node, keeping);
			const own = binaryMode === 'combined' ? inCombinedMode(node) : node.parameters;
			nodes.push({ ...node, parameters: { ...own, ...called } });
		}
		const settings = { ...file.settings, ...(binaryMode && { binaryMode }) };
		const stored = await instance.api.createWorkflow({ ...file, nodes, settings });
		return new SavedWorkflow(instance, stored, keeping);
	}

	/**
	 * Runs it on an emulator that has forgotten everything before, whatever comes of it.
	 * @param prepare changes the emulator before that
	 */
	async attempt(prepare = () => {}): Promise<Run> {
		this.instance.emulator.state.reset();
		prepare();
		return this.runOf(await this.instance.api.runToEnd(this.stored));
	}

	/** The same. Throws when the execution fails. */
	async execute(): Promise<Run> {
		const run = await this.attempt();
		run.execution.requireSuccess();
		return run;
	}

	/** Another execution of it, together with all that the emulator has seen since the last {@link attempt}. */
	runOf(execution: Execution): Run {
		const { api, emulator } = this.instance;
		return new Run(api, emulator.state, execution, this.keeping.storage);
	}
}

/**
 * The parameters as a user writes them in the combined mode: the name of a file's field is its path in the JSON, and
 * an item that an expression names is its JSON.
 */
function inCombinedMode({ type, parameters }: WorkflowNode): Record<string, unknown> {
	const own: Record<string, unknown> = JSON.parse(
		JSON.stringify(parameters).replaceAll(/(\.item|\.first\(\))\.json\./g, '$1.'),
	);
	if (!type.startsWith('n8n-nodes-monsterapi.')) return own;
	const { binaryPropertyName = 'data' } = own;
	const name = String(binaryPropertyName);
	return {
		...own,
		binaryPropertyName: name.startsWith('=')
			? `=${FILES_IN_JSON}.${name.slice(1)}`
			: `${FILES_IN_JSON}.${name}`,
	};
}

/** Chooses the workflow that a node calls: n8n gives it its id when it is imported. */
async function callee(instance: Instance, { parameters }: WorkflowNode, keeping: FileKeeping) {
	const { workflowId } = parameters;
	if (typeof workflowId !== 'object' || workflowId === null) return {};
	const name = 'cachedResultName' in workflowId ? workflowId.cachedResultName : undefined;
	const called = readCalled().find(({ workflow }) => workflow.name === name);
	demand(called !== undefined, `no workflow is called ${String(name)}`);
	const { stored } = await SavedWorkflow.import(instance, called.workflow, keeping);
	return { workflowId: { ...workflowId, value: stored.id } };
}
