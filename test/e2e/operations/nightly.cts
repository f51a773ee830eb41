import { readExamples } from '../../../scripts/demo/outcome.cjs';
import type { WorkflowFile } from '../../support/n8n/workflow.cjs';
import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { until } from '../until.cjs';
import { runningOf } from './deployments.cjs';
import { SavedWorkflow } from './saved-workflow.cjs';

/** What can go wrong with a night, and how the execution ends then. */
interface Mishap {
	readonly name: string;
	readonly status: string;
	/** Changes the emulator before the run. */
	prepare?(instance: Instance): void;
	/** Changes the workflow before it is imported. */
	change?(workflow: WorkflowFile): WorkflowFile;
	/** Done while it runs. */
	meanwhile?(instance: Instance, executionId: string): Promise<void>;
}

const mishaps: readonly Mishap[] = [
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
			const looked = () => emulator.state.requests.some(({ path }) => path.includes('/status/'));
			await until('the node waits for the deployment', looked);
			await api.stop(executionId);
		},
	},
];

/** The example that deploys for one batch leaves nothing behind, whatever happens to the batch. */
export async function checkNightly(instance: Instance, { check }: Checks): Promise<void> {
	const example = readExamples().find(({ id }) => id === 'nightly-deployment');
	for (const { name, status, prepare, change, meanwhile } of mishaps) {
		await check(`no deployment is left running when ${name}`, async () => {
			demand(example !== undefined, 'there is no such example');
			const { api, emulator } = instance;
			const workflow = change?.(example.workflow) ?? example.workflow;
			const { stored } = await SavedWorkflow.import(instance, workflow, {});
			emulator.state.reset();
			prepare?.(instance);
			const id = await api.run(stored);
			demand(id !== undefined, 'it did not start');
			await meanwhile?.(instance, id);
			const execution = await api.waitForExecution(id);
			same('end of the execution', execution.status, status);
			same('deployments', emulator.state.deployments.size, 1);
			// After a stop the node is still ending its deployment when n8n has ended the execution.
			await until('nothing runs', () => runningOf(emulator.state).length === 0);
		});
	}
}
