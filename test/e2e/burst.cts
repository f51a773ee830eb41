import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../../scripts/n8n/history.cjs';
import { same, type Checks } from './checks.cjs';
import type { Site } from './site.cjs';
import {
	callbackOf,
	expectExecutions,
	handOver,
	post,
	published,
	TRIGGER,
	urlOf,
} from './workflows.cjs';

/** How many jobs are called back about, and how many of the callbacks come twice. */
export interface BurstSize {
	readonly jobs: number;
	readonly duplicates: number;
}

const concurrency = 50;

/** Works a list off, so many at once. */
export async function eachOf<T>(
	list: readonly T[],
	work: (one: T) => Promise<void>,
): Promise<void> {
	// One iterator for all lanes: each takes what is next.
	const left = list.values();
	const lane = async () => {
		for (const one of left) await work(one);
	};
	await Promise.all(Array.from({ length: concurrency }, lane));
}

/** Many callbacks at once, with repeats among them. */
export async function checkBurst(
	site: Site,
	{ check }: Checks,
	{ jobs, duplicates }: BurstSize,
): Promise<void> {
	const { api } = site;
	const workflow = await published(site, { webhookName: 'burst' });
	const url = urlOf(site, 'burst');
	const ids: string[] = [];
	await eachOf(Array.from({ length: jobs }), async () => {
		ids.push(await handOver(site));
	});
	// Every repeat comes close behind its first, where it is most likely to slip through.
	const burst = ids.flatMap((id, index) => (index < duplicates ? [id, id] : [id]));

	await check(`${burst.length} callbacks, ${duplicates} of them duplicates`, async () => {
		const before = Date.now();
		const since = () => ((Date.now() - before) / 1000).toFixed(1);
		const answers = new Map<number, number>();
		await eachOf(burst, async (id) => {
			const status = await post(url, callbackOf(id));
			answers.set(status, (answers.get(status) ?? 0) + 1);
		});
		const answered = since();
		same('answers by status', [...answers], [[200, burst.length]]);
		const executions = await triggeredExecutions(api, workflow.id, jobs, 600_000);
		const ended = since();
		await delay(1000);
		await expectExecutions(site, workflow, jobs);
		const failed = executions.filter(({ status }) => status !== 'success');
		for (const { id } of failed.slice(0, 1)) (await api.execution(id)).requireSuccess();
		return `all answered after ${answered} s, all executed after ${ended} s`;
	});
	await check(`${jobs} jobs, each in one of ${jobs} executions`, async () => {
		const executions = await triggeredExecutions(api, workflow.id, jobs);
		const seen: unknown[] = [];
		await eachOf(executions, async ({ id }) => {
			const [item] = (await api.execution(id)).items(TRIGGER);
			seen.push(item?.json.process_id);
		});
		same('process ids', seen.sort(), [...ids].sort());
	});
	await api.unpublish(workflow);
}
