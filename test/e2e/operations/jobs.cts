import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { madeFiles } from './file-facts.cjs';
import { promptsOf } from './results.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Submit without waiting, Get and Wait: one job completes, one keeps running, one fails. */
export async function jobs(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const handedOver = run.jobs('Hand over');
	const prompts = run.json('Three prompts').map(({ prompt }) => prompt);
	expectEqual('prompts', promptsOf(handedOver), prompts);
	expectEqual(
		'acceptances',
		run.json('Hand over'),
		handedOver.map(({ processId }) => ({
			message: 'Request Accepted Successfully',
			process_id: processId,
			status_url: `${state.origin}/v1/status/${processId}`,
			callback_url: '',
			webhook_url: '',
			model: 'txt2img',
		})),
	);
	const [ended, running, failed] = handedOver;
	assert(ended !== undefined && running !== undefined && failed !== undefined, 'a job is missing');
	const made = await madeFiles(state, ended);
	expectEqual('files made', made.length, 2);
	const output = made.map(({ name }) => `${state.origin}/files/${name}`);
	const facts = (status: string, { processId }: typeof ended) => ({
		process_id: processId,
		status,
	});

	expectEqual('Get', run.json('Get'), [
		{ ...facts('COMPLETED', ended), output, credit_used: 2 },
		facts('IN_PROGRESS', running),
		{ ...facts('FAILED', failed), message: 'out of memory' },
	]);
	expectEqual('files', await run.files('Get'), [{ data: made[0], data_1: made[1] }, {}, {}]);
	expectEqual('as it came', run.json('Get as it came'), [
		{ ...facts('COMPLETED', ended), result: { output }, credit_used: 2, overage: 0 },
		facts('IN_PROGRESS', running),
		{ ...facts('FAILED', failed), result: { errorMessage: 'out of memory' } },
	]);
	expectEqual('files', await run.files('Get as it came'), [{}, {}, {}]);

	const [waited, timedOut, error] = run.json('Wait');
	expectEqual('waited for', waited, { ...facts('COMPLETED', ended), output, credit_used: 2 });
	expectEqual('timed out', timedOut, { ...facts('IN_PROGRESS', running), timed_out: true });
	assert(String(error?.error).includes('out of memory'), `error: ${String(error?.error)}`);
	const { process_id, status, retryable } = error ?? {};
	expectEqual(
		'error',
		{ process_id, status, retryable },
		{ ...facts('FAILED', failed), retryable: true },
	);
	expectEqual('files', await run.files('Wait'), [{ image: made[0], image_1: made[1] }, {}, {}]);
	for (const node of ['Hand over', 'Get', 'Get as it came', 'Wait']) {
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1, 2]);
	}
	expectEqual('jobs', state.jobs.size, 3);
	const polls = run.requests('GET', `/v1/status/${ended.processId}`).length;
	expectEqual('polls of the completed job', polls, 3);
}
