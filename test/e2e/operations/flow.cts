import { executionsOf } from '../../support/n8n/history.cjs';
import { demand, same } from '../checks.cjs';
import { expectFiles, expectJobs, expectSent, promptsOf } from './results.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Items that fail, before and after they are paid, take n8n's error output; the others go on. */
export async function errorBranch(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const [first, second, third, fourth] = run.json('Four prompts');
	const good = run.jobs('Good');
	same('prompts that succeed', promptsOf(good), [first?.prompt, fourth?.prompt]);
	same('pairing', run.sources('Write'), [0, 3]);
	same('pairing of the errors', run.sources('Write', 1), [1, 2]);
	same('errors', run.items('Bad').length, 2);
	const failed = [...state.jobs.values()].find(({ failure }) => failure !== undefined);
	demand(failed !== undefined, 'no job failed');
	const [unpaid, paid] = [run.json('Bad')[1], run.json('Bad')[0]];
	same(
		'failed, with its input',
		{ prompt: paid?.prompt, details: paid?.details },
		{
			prompt: second?.prompt,
			details: { process_id: failed.processId, status: 'FAILED', retryable: true },
		},
	);
	demand(String(paid?.error).includes('out of memory'), `error: ${String(paid?.error)}`);
	same(
		'refused, with its input',
		{ prompt: unpaid?.prompt, details: unpaid?.details },
		{
			prompt: third?.prompt,
			details: { retryable: false },
		},
	);
	// What stands under details is enough to fetch the job.
	same('status of the failed job', run.json('Look at it')[0]?.status, 'FAILED');
	demand(run.json('Look at it')[1]?.error !== undefined, 'there was no job to look at');
	expectJobs(run, 3);
}

/** A pinned node is not executed, and its items are as good as its own. */
export async function pinnedData(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const pinned = run.json('Write').map(({ text }) => String(text));
	same('pinned', pinned, ['Pinned, the first [slow 1.6]', 'Pinned, the second']);
	await expectFiles(run, 'Speak', { prompts: pinned });
	expectJobs(run, 2);
}

/** Files and pairing outlast the way through another workflow. */
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

/** Retrying an execution pays only for the node that had failed, with the files of the first attempt. */
export async function retry(workflow: SavedWorkflow): Promise<void> {
	const { api, emulator } = workflow.instance;
	const { state } = emulator;
	const prompts = ['A tower', 'A street'];
	const fault = { method: 'POST', path: '/v1/generate/img2img', status: 500, times: 99 };
	const first = await workflow.attempt(() => void state.faults.push(fault));
	state.faults.length = 0;
	same('status', first.execution.status, 'error');
	same('status of the first attempt', first.execution.nodeError('Edit')?.httpCode, '500');
	same('jobs of the first attempt', state.jobs.size, 2);

	await api.retry(first.execution.id);
	const retried = (await executionsOf(api, workflow.stored.id)).find(
		({ mode }) => mode === 'retry',
	);
	demand(retried !== undefined, 'n8n has no execution of the retry');
	const second = workflow.runOf(await api.waitForExecution(retried.id));
	second.execution.requireSuccess();
	const edited = await expectFiles(second, 'Edit', {
		prompts: prompts.map((scene) => `${scene}, edited`),
	});
	const painted = (await first.files('Paint')).map(({ data }) => data);
	expectSent(edited, 'init_image_url', painted);
	same('jobs of both', state.jobs.size, 4);
}
