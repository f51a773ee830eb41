import { setTimeout as delay } from 'node:timers/promises';
import type { N8nApi } from './api.cjs';
import { isTerminal } from './execution.cjs';

/** One entry of the list of executions. */
export interface ExecutionSummary {
	id: string;
	status: string;
	mode: string;
}

/** n8n's maximum page size. */
const PAGE = 100;
const POLL_MS = 200;

/** Above every execution id. */
const END = 2_147_483_647;

/**
 * All executions of a workflow, running ones included, newest first. n8n pages by id only when both ends are given;
 * otherwise it pages by start time and may skip an execution that started out of order.
 */
export async function executionsOf(api: N8nApi, workflowId: string): Promise<ExecutionSummary[]> {
	const found: ExecutionSummary[] = [];
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	for (let last = END; ; ) {
		const { results } = await api.session.call<{
			results: Array<Omit<ExecutionSummary, 'id'> & { id: string | number }>;
		}>('GET', `/executions?filter=${filter}&limit=${PAGE}&firstId=0&lastId=${last}`);
		found.push(...results.map(({ id, status, mode }) => ({ id: String(id), status, mode })));
		if (results.length < PAGE) return found;
		last = Math.min(...results.map(({ id }) => Number(id)));
	}
}

/** How often each value occurs. */
export function countBy(words: readonly string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}

/**
 * Waits until a workflow has at least `count` webhook executions and all of them have ended. Throws after the timeout.
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
		if (triggered.length >= count && triggered.every(({ status }) => isTerminal(status))) {
			return triggered;
		}
		if (Date.now() > deadline) {
			const seen = JSON.stringify(countBy(triggered.map(({ status }) => status)));
			throw new Error(
				`${count} triggered executions expected in ${timeoutMs / 1000} s, seen: ${seen}`,
			);
		}
		await delay(POLL_MS);
	}
}
