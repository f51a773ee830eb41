import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { until } from '../until.cjs';
import { loggedIds, paidRequests } from './crash.cjs';

const items = 200;
const outageMs = 60_000;

/** MonsterAPI answers nothing but 503 for a minute in the middle of a batch of 200. */
export async function checkOutage(instance: Instance, { check }: Checks): Promise<void> {
	const { api, emulator } = instance;
	const { state } = emulator;
	await check(`the API down for a minute during a batch of ${items}`, async () => {
		state.reset();
		Object.assign(state.settings, { workMs: 4000, jitter: 0.8 });
		const batch = await publishBatch(
			instance,
			{
				resource: 'model',
				operation: 'generateText',
				model: 'falcon-7b-instruct',
				prompt: '={{ $json.value }}',
				options: {},
			},
			{ onError: 'continueRegularOutput' },
		);
		const prompts = Array.from({ length: items }, (_unused, index) => `Prompt ${index}`);
		await batch.start(prompts);
		// The first hundred run, and others take the places of those that have ended.
		await until('the batch is half way', () => state.jobs.size > 120, { timeoutMs: 60_000 });
		const down = { path: '/', status: 503, times: Number.MAX_SAFE_INTEGER };
		state.faults.push(down);
		await delay(outageMs);
		state.faults.length = 0;
		const [ended] = await triggeredExecutions(api, batch.workflow.id, 1, 300_000);
		const execution = await api.execution(ended?.id ?? '');
		execution.requireSuccess();
		await api.unpublish(batch.workflow);

		const results = execution.items(WORK);
		same('items', results.length, items);
		const failed = results.filter(({ json }) => json.error !== undefined);
		const done = results.filter(({ json }) => json.error === undefined);
		same(
			'results at their places',
			done.every(({ json }) => {
				const job = state.jobs.get(String(json.process_id));
				return job?.inputs['prompt'] === prompts[results.findIndex((one) => one.json === json)];
			}),
			true,
		);
		same('jobs', state.jobs.size, done.length);
		same('requests that cost money', paidRequests(instance), items);
		const logged = loggedIds(instance.readLog());
		const unlogged = [...state.jobs.keys()].filter((id) => !logged.includes(id));
		same('jobs that are not in the log', unlogged, []);
		// Ten on their way together, and one try after each pause that grows.
		demand(failed.length <= 22, `${failed.length} items failed`);
		return `${done.length} results, ${failed.length} errors (${JSON.stringify(failed[0]?.json)})`;
	});
}
