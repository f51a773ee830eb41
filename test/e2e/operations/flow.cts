import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { readJob } from '../job-status.cjs';
import { retryExecution } from '../retry.cjs';
import { expectFiles, expectJobs, expectSent, promptsOf } from './results.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Items that fail, billed or not, take n8n's error output; the others go on. */
export async function errorBranch(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const [first, second, third, fourth] = run.json('Four recordings');
	const good = run.jobs('Good');
	expectEqual('prompts that succeed', promptsOf(good), [first?.prompt, fourth?.prompt]);
	expectEqual('pairing', run.sources('Transcribe'), [0, 3]);
	expectEqual('pairing of the errors', run.sources('Transcribe', 1), [1, 2]);
	expectEqual('errors', run.items('Bad').length, 2);
	const failed = [...state.jobs.values()].find(({ inputs }) => inputs['prompt'] === second?.prompt);
	assert(failed !== undefined, 'the job that fails was not submitted');
	const [unbilled, billed] = [run.json('Bad')[1], run.json('Bad')[0]];
	expectEqual(
		'failed, with its input',
		{ prompt: billed?.prompt, details: billed?.details },
		{
			prompt: second?.prompt,
			details: { process_id: failed.processId, status: 'FAILED', retryable: true },
		},
	);
	const { errorMessage = '' } = (await readJob(state, failed.processId)).result ?? {};
	const error = String(billed?.error);
	assert(errorMessage !== '' && error.includes(errorMessage), `error: ${error}`);
	expectEqual(
		'refused, with its input',
		{ prompt: unbilled?.prompt, details: unbilled?.details },
		{
			prompt: third?.prompt,
			details: { retryable: false },
		},
	);
	// The details are enough to fetch the job.
	expectEqual('status of the failed job', run.json('Look at it')[0]?.status, 'FAILED');
	assert(run.json('Look at it')[1]?.error !== undefined, 'there was no job to look at');
	expectJobs(run, 4);
}

/** A pinned node is not executed, and its pinned items are used like its own. */
export async function pinnedData(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const pinned = run.json('Write').map(({ text }) => String(text));
	expectEqual('pinned', pinned, ['Pinned, the first [slow 1.6]', 'Pinned, the second']);
	await expectFiles(run, 'Speak', { prompts: pinned });
	expectJobs(run, 2);
}

/** Files and pairing survive a sub-workflow. */
export async function subWorkflow(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const scenes = ['A lake [slow 1.6]', 'A wood'];
	await expectFiles(run, 'Call', { prompts: scenes });
	const edited = await expectFiles(run, 'Edit', {
		prompts: scenes.map((scene) => `${scene}, edited`),
	});
	const painted = (await run.files('Call')).map(({ data }) => data);
	expectSent(edited, 'init_image_url', painted);
	expectJobs(run, 4);
}

/** n8n's Retry On Fail runs whole nodes again; only what failed is paid again, and nothing is deployed twice. */
export async function retryOnFail(workflow: SavedWorkflow): Promise<void> {
	const { settings } = workflow.instance.emulator.state;
	const { deployBuildMs } = settings;
	const run = await workflow.attempt(() => void (settings.deployBuildMs = 3_600_000));
	settings.deployBuildMs = deployBuildMs;
	expectEqual('status', run.execution.status, 'error');
	expectEqual('launches', run.requests('POST', '/v1/deploy/llm').length, 1);
	const { error, deployment_id } = run.json('Deploy')[0] ?? {};
	assert(String(error).includes('was not live'), `error: ${String(error)}`);
	expectEqual('the deployment', [deployment_id], [...run.state.deployments.keys()]);
	expectEqual('submissions', run.requests('POST', '/v1/generate/').length, 32);
}

/** Retrying an execution bills only the node that failed, with the files of the first attempt. */
export async function retry(workflow: SavedWorkflow): Promise<void> {
	const { state } = workflow.instance.emulator;
	const prompts = ['A tower', 'A street'];
	const fault = { method: 'POST', path: '/v1/generate/img2img', status: 500, times: 99 };
	const first = await workflow.attempt(() => void state.faults.push(fault));
	state.faults.length = 0;
	expectEqual('status', first.execution.status, 'error');
	expectEqual('status of the first attempt', first.execution.nodeError('Edit')?.httpCode, '500');
	expectEqual('jobs of the first attempt', state.jobs.size, 2);

	const second = workflow.runOf(
		await retryExecution(workflow.instance, workflow.stored, first.execution.id),
	);
	const edited = await expectFiles(second, 'Edit', {
		prompts: prompts.map((scene) => `${scene}, edited`),
	});
	const painted = (await first.files('Paint')).map(({ data }) => data);
	expectSent(edited, 'init_image_url', painted);
	expectEqual('jobs of both', state.jobs.size, 4);
}
