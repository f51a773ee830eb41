import type { IExecuteFunctions } from 'n8n-workflow';

import { parseJson } from '../../core/json';
import { createExperience, type Experience } from '../../core/jobs/experience';

type MemoryContext = Pick<IExecuteFunctions, 'getWorkflowStaticData'>;

const key = 'durations';

/** What earlier executions of this node have learned. n8n keeps it with the workflow, for published ones only. */
export const recall = (context: MemoryContext): Experience =>
	createExperience(parseJson(String(context.getWorkflowStaticData('node')[key])));

/** Keeps what was learned for later executions: about 10 kB at most, as text, since n8n watches each value by itself. */
export function keep(context: MemoryContext, experience: Experience): void {
	const learned = experience.learned();
	if (learned === undefined) return;
	context.getWorkflowStaticData('node')[key] = JSON.stringify(learned);
}
