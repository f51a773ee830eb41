import assert from 'node:assert/strict';
import { readExample } from '../../support/n8n/workflow-files.cjs';
import type { WorkflowFile } from '../../support/n8n/workflow.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
import { runningOf } from './deployments.cjs';
import { SavedWorkflow } from './saved-workflow.cjs';

/** What can go wrong during the night, and the status of the execution then. */
interface Failure {
	readonly name: string;
	readonly status: string;
	/** Changes the emulator before the run. */
	prepare?: (instance: SingleInstance) => void;
	/** Changes the workflow before it is imported. */
	change?: (workflow: WorkflowFile) => WorkflowFile;
	/** Runs during the execution. */
	meanwhile?: (instance: SingleInstance, executionId: string) => Promise<void>;
}

const failures: readonly Failure[] = [
	{ name: 'one prompt fails', status: 'success' },
	{
		name: 'every prompt fails',
		status: 'success',
		prepare: ({ emulator }) =>
			emulator.state.faults.push({ path: '/deployments/', status: 422, times: 99 }),
	},
	{
		name: 'the source of the prompts fails',
		status: 'success',
		change: (workflow) => ({
			...workflow,
			nodes: workflow.nodes.map((node) =>
				node.name === "Tonight's prompts"
					? { ...node, parameters: { jsCode: "throw new Error('no source')" } }
					: node,
			),
		}),
	},
	{
		name: 'the launch fails',
		status: 'error',
		prepare: ({ emulator }) => Object.assign(emulator.state.settings, { deployFail: true }),
	},
	{
		name: 'the execution is stopped while the model starts',
		status: 'canceled',
		prepare: ({ emulator }) => Object.assign(emulator.state.settings, { deployBuildMs: 3_600_000 }),
		async meanwhile({ api, emulator }, executionId) {
			const polled = () => emulator.state.requests.some(({ path }) => path.includes('/status/'));
			await until('the node waits for the deployment', polled);
			await api.stop(executionId);
		},
	},
];

/** The example that deploys for one batch leaves nothing running, whatever happens to the batch. */
export async function checkNightly(instance: SingleInstance, { check }: Checks): Promise<void> {
	const example = readExample('nightly-deployment');
	for (const { name, status, prepare, change, meanwhile } of failures) {
		await check(`no deployment is left running when ${name}`, async () => {
			const { api, emulator } = instance;
			const workflow = change?.(example) ?? example;
			const { stored } = await SavedWorkflow.import(instance, workflow, {});
			emulator.state.reset();
			prepare?.(instance);
			const id = await api.run(stored);
			assert(id !== undefined, 'it did not start');
			await meanwhile?.(instance, id);
			const execution = await api.waitForExecution(id);
			expectEqual('end of the execution', execution.status, status);
			expectEqual('deployments', emulator.state.deployments.size, 1);
			// After a stop the node still terminates its deployment when n8n has already ended the execution.
			await until('nothing runs', () => runningOf(emulator.state).length === 0);
		});
	}
}
