import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { until } from '../until.cjs';
import {
	callbackOf,
	expectExecutions,
	submitJob,
	names,
	post,
	published,
	urlOf,
} from '../workflows.cjs';
import { expectResults } from './crash.cjs';

/** n8n killed with published triggers, before and between callbacks. */
export async function checkTriggers(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	state.reset();
	const workflow = await published(instance, { webhookName: 'crashed' });
	const url = urlOf(instance, 'crashed');
	const early = await submitJob(instance, 'crashed');
	const missed: string[] = [];

	await check('killed with a published trigger: the registration stays', async () => {
		await triggeredExecutions(instance.api, workflow.id, 1);
		await instance.kill();
		missed.push(await submitJob(instance, 'crashed'));
		const answered = () =>
			state.callbacks.some(
				({ process_id, status }) => process_id === missed[0] && status === 'COMPLETED',
			);
		await until('the callback was sent', answered);
		await instance.startAgain();
		expectEqual('webhooks', names(instance), ['crashed']);
		assert(urlOf(instance, 'crashed') === url, 'the URL was changed');
	});
	await check('a callback that met no n8n is lost; its job is fetched by Job > Wait', async () => {
		const statuses = state.callbacks
			.filter(({ process_id }) => process_id === missed[0])
			.map(({ responseStatus }) => responseStatus);
		expectEqual('answers', new Set(statuses), new Set([0]));
		await expectExecutions(instance, workflow, 1);
		await expectResults(instance, missed);
	});
	await check('sent again after the restart it starts the workflow, once', async () => {
		const callback = callbackOf(missed[0] ?? '');
		expectEqual('answers', [await post(url, callback), await post(url, callback)], [200, 200]);
		await triggeredExecutions(instance.api, workflow.id, 2);
		await delay(1000);
		await expectExecutions(instance, workflow, 2);
	});
	await check('a duplicate of a callback from before the kill starts nothing', async () => {
		expectEqual('answer', await post(url, callbackOf(early)), 200);
		await delay(1000);
		await expectExecutions(instance, workflow, 2);
	});
	await instance.api.unpublish(workflow);

	await check('killed while the trigger fetches a file: the event is lost', async () => {
		state.reset();
		const painted = await published(instance, { webhookName: 'painted' });
		state.faults.push({ path: '/files/', drop: 'hang' });
		const id = await submitJob(instance, 'painted', 'txt2img', { prompt: 'A boat' });
		const fetching = () => state.requests.some(({ path }) => path.startsWith('/files/'));
		await until('the file is fetched', fetching);
		await instance.kill();
		await instance.startAgain();
		await expectExecutions(instance, painted, 0);
		const [item] = await expectResults(instance, [id]);
		assert(item?.binary?.data !== undefined, 'there is no file');
		expectEqual('sent again', await post(urlOf(instance, 'painted'), callbackOf(id)), 200);
		await triggeredExecutions(instance.api, painted.id, 1);
		await instance.api.unpublish(painted);
	});
}
