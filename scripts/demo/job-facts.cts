import assert from 'node:assert/strict';

/** What the service says about the result of a job. */
export interface JobFacts {
	/** Whether the result is made up. */
	emulated: boolean;
	/** What its engine could not honour. */
	notes: readonly string[];
}

/** The gateway's note on every result that is made up. */
const EMULATED = 'Emulated: no model was run.';

/** Reads the notes of a finished job from the gateway. Throws when it does not know the job. */
export async function readJobFacts(
	{ baseUrl, apiKey }: { baseUrl: string; apiKey: string },
	processId: string,
): Promise<JobFacts> {
	const response = await fetch(`${baseUrl}/status/${processId}`, {
		headers: { authorization: `Bearer ${apiKey}` },
	});
	assert(response.ok, `the gateway answered ${response.status} to the status of ${processId}`);
	const { result } = (await response.json()) as { result?: { notes?: unknown } };
	const given: unknown[] = Array.isArray(result?.notes) ? result.notes : [];
	const notes = given.filter((note) => typeof note === 'string');
	return {
		emulated: notes.includes(EMULATED),
		notes: notes.filter((note) => note !== EMULATED),
	};
}
