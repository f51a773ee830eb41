import { setTimeout as delay } from 'node:timers/promises';
import type { N8nApi } from './api.cjs';
import { hasEnded } from './execution.cjs';

/** One line of the list under "Executions". */
export interface ExecutionSummary {
	id: string;
	status: string;
	mode: string;
}

/** The most that n8n gives at once. */
const PAGE = 100;
const POLL_MS = 200;

/** No execution has an id as high as that. */
const END = 2_147_483_647;

/**
 * All of a workflow's executions, those under way included, newest first. Only with both ends named does n8n go by
 * ids; otherwise it goes by the time of the start, and an execution that started out of turn is on none of the pages.
 */
export async function executionsOf(api: N8nApi, workflowId: string): Promise<ExecutionSummary[]> {
	const found: ExecutionSummary[] = [];
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	for (let last = END; ; ) {
		const { results } = await api.session.call<{ results: ExecutionSummary[] }>(
			'GET',
			`/executions?filter=${filter}&limit=${PAGE}&firstId=0&lastId=${last}`,
		);
		found.push(...results.map(({ id, status, mode }) => ({ id: String(id), status, mode })));
		if (results.length < PAGE) return found;
		last = Math.min(...results.map(({ id }) => Number(id)));
	}
}

/** How often each word occurs. */
export function counted(words: readonly string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}

/**
 * Waits until a workflow has at least so many executions that callbacks started and that have ended.
 * Throws when the time is over.
 */
export async function triggeredExecutions(
	api: N8nApi,
	workflowId: string,
	count: number,
	timeoutMs = 60_000,
): Promise<ExecutionSummary[]> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const all = await executionsOf(api, workflowId);
		const triggered = all.filter(({ mode }) => mode === 'webhook');
		if (triggered.length >= count && triggered.every(({ status }) => hasEnded(status))) {
			return triggered;
		}
		if (Date.now() > deadline) {
			const seen = JSON.stringify(counted(triggered.map(({ status }) => status)));
			throw new Error(
				`${count} triggered executions expected in ${timeoutMs / 1000} s, seen: ${seen}`,
			);
		}
		await delay(POLL_MS);
	}
}
