import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { readJob } from '../job-status.cjs';
import { madeBy } from './file-facts.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Submit without waiting, Wait and Get: one job completes, one keeps running, one fails. */
export async function jobs(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const handedOver = run.jobs('Hand over');
	const given = run.json('Three jobs').map(({ model, prompt }) => [model, prompt]);
	const submitted = handedOver.map(({ model, inputs }) => [model, inputs['prompt']]);
	expectEqual('models and prompts', submitted, given);
	expectEqual(
		'acceptances',
		run.json('Hand over'),
		handedOver.map(({ processId, model }) => ({
			message: 'Request Accepted Successfully',
			process_id: processId,
			status_url: `${state.origin}/v1/status/${processId}`,
			callback_url: '',
			webhook_url: '',
			model,
		})),
	);
	const [ended, running, failed] = handedOver;
	assert(ended !== undefined && running !== undefined && failed !== undefined, 'a job is missing');
	const { files: made, output, status } = await madeBy(state, ended);
	expectEqual('files made', made.length, 2);
	const { credit_used } = status;
	const failure = await readJob(state, failed.processId);
	const message = failure.result?.errorMessage ?? '';
	assert(message !== '', 'the job that failed has no message');
	const facts = (is: string, { processId }: typeof ended) => ({
		process_id: processId,
		status: is,
	});

	expectEqual('Get', run.json('Get'), [
		{ ...facts('COMPLETED', ended), output, credit_used },
		facts('IN_PROGRESS', running),
		{ ...facts('FAILED', failed), message },
	]);
	expectEqual('files', await run.files('Get'), [{ data: made[0], data_1: made[1] }, {}, {}]);
	expectEqual('as it came', run.json('Get as it came'), [
		status,
		await readJob(state, running.processId),
		failure,
	]);
	expectEqual('files', await run.files('Get as it came'), [{}, {}, {}]);

	const [waited, timedOut, error] = run.json('Wait');
	expectEqual('waited for', waited, { ...facts('COMPLETED', ended), output, credit_used });
	expectEqual('timed out', timedOut, { ...facts('IN_PROGRESS', running), timed_out: true });
	assert(String(error?.error).includes(message), `error: ${String(error?.error)}`);
	const { process_id, status: is, retryable } = error ?? {};
	expectEqual(
		'error',
		{ process_id, status: is, retryable },
		{ ...facts('FAILED', failed), retryable: true },
	);
	expectEqual('files', await run.files('Wait'), [{ image: made[0], image_1: made[1] }, {}, {}]);
	for (const node of ['Hand over', 'Get', 'Get as it came', 'Wait']) {
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1, 2]);
	}
	expectEqual('jobs', state.jobs.size, 4);

	const polled = run.requests('GET', '/v1/status/').map(({ path }) => path);
	const each = handedOver.map(({ processId }) => `/v1/status/${processId}`).sort();
	expectEqual('polls of "Get"', polled.slice(-6, -3).sort(), each);
	expectEqual('polls of "Get as it came"', polled.slice(-3).sort(), each);
	const polls = polled.filter((path) => path.endsWith(ended.processId)).length;
	// The gateway needs a moment, in which "Wait" may poll once more.
	if (run.isEmulated) expectEqual('polls of the completed job', polls, 3);
}
