import { setTimeout as delay } from 'node:timers/promises';

import { countBy, triggeredExecutions, type ExecutionSummary } from '../support/n8n/history.cjs';
import { expectEqual, type Checks } from './checks.cjs';
import type { Instance } from './instance.cjs';
import {
	postForAnswer,
	callbackOf,
	expectExecutions,
	submitJob,
	published,
	TRIGGER,
	urlOf,
} from './workflows.cjs';

/** The number of jobs with a callback, and how many of these callbacks are sent twice. */
export interface BurstSize {
	readonly jobs: number;
	readonly duplicates: number;
}

const concurrency = 50;

/** For the whole burst: a slow machine must not fail it. */
const timeoutMs = 600_000;

/** Runs `work` for each entry of a list, with limited concurrency. */
async function eachOf<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
	// All runners share one iterator: each takes the next entry.
	const left = list.values();
	const worker = async () => {
		for (const one of left) await work(one);
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
}

/**
 * Many callbacks, fifty at a time, some of them twice. The next fifty wait until n8n has run the executions of the last
 * ones: n8n accepts callbacks faster than it executes, and on a slow machine the backlog would grow until writes to
 * SQLite time out (60 s in n8n 2.39) and executions are lost.
 */
export async function checkBurst(
	instance: Instance,
	{ check }: Checks,
	{ jobs, duplicates }: BurstSize,
): Promise<void> {
	const { api } = instance;
	const workflow = await published(instance, { webhookName: 'burst' });
	const url = urlOf(instance, 'burst');
	const ids: string[] = [];
	await eachOf(Array.from({ length: jobs }), async () => {
		ids.push(await submitJob(instance));
	});
	// Each duplicate directly follows its original, where it is most likely to slip through.
	const burst = ids.flatMap((id, index) => (index < duplicates ? [id, id] : [id]));

	await check(`${burst.length} callbacks, ${duplicates} of them duplicates`, async () => {
		const before = Date.now();
		const since = () => ((Date.now() - before) / 1000).toFixed(1);
		const answers: string[] = [];
		const send = async (id: string) => {
			const { status, text } = await postForAnswer(url, callbackOf(id));
			// The text tells whether the node or n8n rejected it.
			answers.push(status === 200 ? '200' : `${status} ${text} after ${since()} s`);
		};
		let executions: ExecutionSummary[] = [];
		for (let sent = 0; sent < burst.length; ) {
			const wave = burst.slice(sent, sent + concurrency);
			sent += wave.length;
			await Promise.all(wave.map(send));
			expectEqual('answers', countBy(answers), { 200: sent });
			const started = new Set(burst.slice(0, sent)).size;
			executions = await triggeredExecutions(
				api,
				workflow.id,
				started,
				before + timeoutMs - Date.now(),
			);
		}
		const ended = since();
		await delay(1000);
		await expectExecutions(instance, workflow, jobs);
		const failed = executions.filter(({ status }) => status !== 'success');
		for (const { id } of failed.slice(0, 1)) (await api.execution(id)).requireSuccess();
		return `all answered and executed after ${ended} s`;
	});
	await check(`${jobs} jobs, each in one of ${jobs} executions`, async () => {
		const executions = await triggeredExecutions(api, workflow.id, jobs);
		const seen: unknown[] = [];
		await eachOf(executions, async ({ id }) => {
			const [item] = (await api.execution(id)).items(TRIGGER);
			seen.push(item?.json.process_id);
		});
		expectEqual('process ids', seen.sort(), [...ids].sort());
	});
	await api.unpublish(workflow);
}
