import type { IExecuteFunctions } from 'n8n-workflow';

import { BoundedMap } from '../../../core/boundedMap';
import { parseJson } from '../../../core/json';
import { createDurationStats, type DurationStats } from '../../../core/polling/durationStats';

type StoreContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow' | 'getWorkflowStaticData'>;

const key = 'durations';

/* By workflow and node: the executions of a process learn from each other, also from those under way. */
const cache = new BoundedMap<string, DurationStats>(100);

/** The durations that earlier executions of this node learned, in this process or one before it. */
export function loadDurations(context: StoreContext): DurationStats {
	const scope = `${context.getWorkflow().id} ${context.getNode().id}`;
	return cache.getOrCreate(scope, () => createDurationStats(readStored(context)));
}

/**
 * Stores what was learned with the workflow, for the next process; n8n does so for published workflows only. Seldom, since
 * n8n reads a workflow's static data when an execution begins and writes all of it when some has changed: what another
 * execution or node has stored meanwhile is lost. As text, since n8n watches each value by itself.
 */
export function saveDurations(context: StoreContext, stats: DurationStats): void {
	const snapshot = stats.snapshotIfChanged(readStored(context));
	if (snapshot === undefined) return;
	context.getWorkflowStaticData('node')[key] = JSON.stringify(snapshot);
}

function readStored(context: StoreContext): unknown {
	const text: unknown = context.getWorkflowStaticData('node')[key];
	return typeof text === 'string' ? parseJson(text) : undefined;
}
