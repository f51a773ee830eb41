import assert from 'node:assert/strict';
import { join } from 'node:path';

import { FILES_IN_JSON, type Execution } from '../../support/n8n/execution.cjs';
import { readWorkflows } from '../../support/n8n/workflow-files.cjs';
import type { StoredWorkflow, WorkflowFile, WorkflowNode } from '../../support/n8n/workflow.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { Run } from './run.cjs';

/** How n8n keeps a workflow's files. */
export interface FileKeeping {
	/** Prefix of the ids of stored files; without it the files must be inside the execution's data. */
	readonly storage?: string;
	/** In items, beside the JSON or inside it: a setting of n8n 2.x. */
	readonly binaryMode?: 'separate' | 'combined';
}

const folder = join(__dirname, '..', 'workflows');

/** The workflows to run, by name. */
export const readOperations = () => readWorkflows(folder);
/** The workflows that others call. */
const readCalled = () => readWorkflows(join(folder, 'called'));

/** A workflow file, imported as by a user. */
export class SavedWorkflow {
	private constructor(
		readonly instance: SingleInstance,
		readonly stored: StoredWorkflow,
		private readonly keeping: FileKeeping,
	) {}

	static async import(
		instance: SingleInstance,
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
	 * Makes MonsterAPI forget, and runs the workflow once, whatever the outcome.
	 * @param prepare changes the emulator before the run
	 */
	async attempt(prepare = () => {}): Promise<Run> {
		this.instance.emulator.state.reset();
		prepare();
		return this.runOf(await this.instance.api.runToEnd(this.stored));
	}

	/** Like {@link attempt}, but throws when the execution fails. */
	async execute(): Promise<Run> {
		const run = await this.attempt();
		run.execution.requireSuccess();
		return run;
	}

	/** Another execution of it, with all requests that MonsterAPI received since the last {@link attempt}. */
	runOf(execution: Execution): Run {
		const { api, emulator } = this.instance;
		return new Run(api, emulator, execution, this.keeping.storage);
	}
}

/**
 * The parameters as a user writes them in combined mode: a file's field is named by its path in the JSON, and an
 * expression's item is its JSON.
 */
function inCombinedMode({ type, parameters }: WorkflowNode): Record<string, unknown> {
	const own = JSON.parse(
		JSON.stringify(parameters).replaceAll(/(\.item|\.first\(\))\.json\./g, '$1.'),
	) as Record<string, unknown>;
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

/** Imports the workflow that a node calls, and refers to it by its new id. */
async function callee(
	instance: SingleInstance,
	{ parameters }: WorkflowNode,
	keeping: FileKeeping,
) {
	const { workflowId } = parameters;
	if (typeof workflowId !== 'object' || workflowId === null) return {};
	const name = 'cachedResultName' in workflowId ? workflowId.cachedResultName : undefined;
	const called = readCalled().find(({ workflow }) => workflow.name === name);
	assert(called !== undefined, `no workflow is called ${String(name)}`);
	const { stored } = await SavedWorkflow.import(instance, called.workflow, keeping);
	return { workflowId: { ...workflowId, value: stored.id } };
}
