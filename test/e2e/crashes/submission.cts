import assert from 'node:assert/strict';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import {
	crashDuring,
	completeJobs,
	expectResults,
	importExample,
	billedRequests,
} from './crash.cjs';

const answered = 20;
/** The example's 25th prompt is empty, and costs nothing. */
const unanswered = 4;

/** n8n killed while some jobs of a batch are accepted and others still wait for the response to their submission. */
export async function checkSubmission(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	await check('killed while jobs are submitted: accepted jobs are in the log', async () => {
		state.reset();
		state.settings.workMs = 3_600_000;
		const path = '/v1/generate/';
		state.faults.push({ path, times: answered }, { path, times: unanswered, drop: 'mute' });
		const workflow = await importExample(instance, 'batch');
		const all = answered + unanswered;
		const { logged } = await crashDuring(instance, workflow, () => {
			const polls = state.requests.filter(({ path: one }) => one.startsWith('/v1/status/'));
			return state.jobs.size === all && polls.length >= answered;
		});
		expectEqual('jobs in the log', logged.length, answered);
		const unknown = [...state.jobs.keys()].filter((id) => !logged.includes(id));
		expectEqual('jobs that only MonsterAPI knows', unknown.length, unanswered);
		expectEqual('billed requests, restart included', billedRequests(instance), all);

		completeJobs(instance);
		await expectResults(instance, logged);
		expectEqual('billed requests', billedRequests(instance), all);
		assert(unknown.length > 0, 'nothing was open');
		return `${logged.length} jobs recovered from the log, ${unknown.length} only in the dashboard`;
	});
}
