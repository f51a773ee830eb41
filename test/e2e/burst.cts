import { setTimeout as delay } from 'node:timers/promises';

import { counted, triggeredExecutions, type ExecutionSummary } from '../support/n8n/history.cjs';
import { same, type Checks } from './checks.cjs';
import type { Site } from './instance-site.cjs';
import {
	answerTo,
	callbackOf,
	expectExecutions,
	handOver,
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

/** For the whole burst. A slow machine is not to be told from one that has lost something any sooner. */
const burstMs = 600_000;

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

/**
 * Many callbacks, fifty at once, with repeats among them. The next fifty come when n8n has executed what these have
 * started: it takes callbacks in faster than it executes, and on a slow machine the heap of executions under way would
 * grow until n8n 2.39 gives up writing to SQLite (it waits 60 s for its turn), and with it executions.
 */
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
		const answers: string[] = [];
		const send = async (id: string) => {
			const { status, text } = await answerTo(url, callbackOf(id));
			// The text of a refusal says whether the node gave it or n8n.
			answers.push(status === 200 ? '200' : `${status} ${text} after ${since()} s`);
		};
		let executions: ExecutionSummary[] = [];
		for (let sent = 0; sent < burst.length; ) {
			const wave = burst.slice(sent, sent + concurrency);
			sent += wave.length;
			await Promise.all(wave.map(send));
			same('answers', counted(answers), { 200: sent });
			const started = new Set(burst.slice(0, sent)).size;
			executions = await triggeredExecutions(
				api,
				workflow.id,
				started,
				before + burstMs - Date.now(),
			);
		}
		const ended = since();
		await delay(1000);
		await expectExecutions(site, workflow, jobs);
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
		same('process ids', seen.sort(), [...ids].sort());
	});
	await api.unpublish(workflow);
}
