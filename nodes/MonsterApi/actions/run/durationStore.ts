import type { IExecuteFunctions } from 'n8n-workflow';

import { parseJson } from '../../../core/json';
import { createDurationStats, type DurationStats } from '../../../core/polling/durationStats';

type MemoryContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow' | 'getWorkflowStaticData'>;

const key = 'durations';

/* What the nodes of this process know: each execution learns from all others, also from those under way. */
const experiences = new Map<string, DurationStats>();
const mostNodes = 100;

/** What earlier executions of this node have learned: those of this process, or those of one before it. */
export function loadDurations(context: MemoryContext): DurationStats {
	const place = `${context.getWorkflow().id} ${context.getNode().id}`;
	const experience = experiences.get(place) ?? createDurationStats(stored(context));
	// Who was asked for last stands last: the first is the one to forget.
	experiences.delete(place);
	experiences.set(place, experience);
	const [oldest] = experiences.keys();
	if (experiences.size > mostNodes && oldest !== undefined) experiences.delete(oldest);
	return experience;
}

/**
 * Keeps what was learned for the next process, with the workflow; n8n does so for published ones only. Seldom, since n8n
 * reads a workflow's data when an execution begins and writes all of it when that has changed something: what another
 * execution, or another node, has kept meanwhile is lost. As text, since n8n watches each value by itself.
 */
export function saveDurations(context: MemoryContext, experience: DurationStats): void {
	const learned = experience.snapshotIfChanged(stored(context));
	if (learned === undefined) return;
	context.getWorkflowStaticData('node')[key] = JSON.stringify(learned);
}

function stored(context: MemoryContext): unknown {
	const text: unknown = context.getWorkflowStaticData('node')[key];
	return typeof text === 'string' ? parseJson(text) : undefined;
}
