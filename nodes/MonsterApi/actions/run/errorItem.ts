import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { MonsterApiError, type ErrorDetails } from '../../../core/http/errors';
import type { NodeError } from '../../../host/errors';
import type { BilledItem } from './billedItems';

/**
 * The item of a failed input: the error, whether to retry, and the ID of what was billed, for the workflow to work with.
 * @param shown the same error as n8n shows it
 * @param billed the job or deployment that was accepted for this item before it failed
 * @param errorBranch whether the node has an error output
 */
export function toErrorItem(
	error: unknown,
	shown: NodeError,
	billed: BilledItem | undefined,
	errorBranch: boolean,
): INodeExecutionData {
	const facts = toFacts({
		...(error instanceof MonsterApiError ? error.details : {}),
		...(billed?.kind === 'job' ? { processId: billed.id } : {}),
		...(billed?.kind === 'deployment' ? { deploymentId: billed.id } : {}),
	});
	const description = shown.description ?? undefined;
	if (!errorBranch) {
		return {
			json: {
				error: shown.message,
				...(description === undefined ? {} : { description }),
				...facts,
			},
		};
	}
	const json = { error: shown.message, message: description ?? shown.message, details: facts };
	/*
	 * n8n 1.x sends only items to the error output whose JSON has no keys but `error` and `message`, or that have an `error`
	 * property. It is not enumerable because n8n copies the item after that check, and replaces the JSON if the copy has
	 * the property too.
	 */
	return Object.defineProperty({ json }, 'error', { value: shown });
}

const toFacts = (details: ErrorDetails): IDataObject => ({
	...(details.processId === undefined ? {} : { process_id: details.processId }),
	...(details.deploymentId === undefined ? {} : { deployment_id: details.deploymentId }),
	...(details.jobStatus === undefined ? {} : { status: details.jobStatus }),
	...(details.status === undefined ? {} : { http_status: details.status }),
	...(details.output === undefined ? {} : { output: [...details.output] }),
	retryable: details.retryable ?? false,
});
