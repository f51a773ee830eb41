import { expectEqual } from './checks.cjs';
import { apiKey } from './instance.cjs';

/** A job as the API gives it to anybody who asks. */
export interface JobStatus {
	readonly process_id: string;
	readonly status: string;
	readonly result?: {
		readonly text?: unknown;
		readonly output?: readonly string[];
		readonly errorMessage?: string;
		readonly notes?: unknown;
	};
	readonly credit_used?: number;
	readonly overage?: number;
}

/** Asks MonsterAPI for a job. @param origin of the API, without /v1 */
export async function readJob(
	{ origin }: { readonly origin: string },
	processId: string,
): Promise<JobStatus> {
	const response = await fetch(`${origin}/v1/status/${processId}`, {
		headers: { authorization: `Bearer ${apiKey}` },
	});
	expectEqual(`answer about the job ${processId}`, response.status, 200);
	return (await response.json()) as JobStatus;
}
