import { redactUrlTokens } from '../http/redaction';
import type { JobState } from '../api/status';
import { isRecord, textOf, textsOf, type JsonRecord } from '../json';
import { readSegments, type Segment } from './segments';

/** The web addresses of a finished job's files, in the order of the samples. */
export function outputUrls(state: JobState): string[] {
	const output = state.result?.['output'];
	const listed = typeof output === 'string' ? [output] : textsOf(output);
	return listed.filter((url) => /^https?:\/\//i.test(url));
}

/** What a user wants to know of a job: ten fields at most, the API's own names. */
export interface SimpleJob {
	readonly process_id: string;
	readonly model?: string;
	readonly status: string;
	readonly text?: string;
	readonly segments?: readonly Segment[];
	readonly output?: unknown;
	/** Why a job failed. */
	readonly message?: string;
	readonly credit_used?: number;
}

/** The simple form of a job: its text, or its output, with the segments of a transcript where there are any. */
export function simplify(state: JobState, model: string | undefined): SimpleJob {
	const { processId, status, raw, failure } = state;
	const credits = raw['credit_used'];
	return {
		process_id: processId,
		...withModel(state, model),
		status,
		...(failure === undefined ? {} : { message: failure }),
		...(state.phase === 'completed' && state.result ? content(state.result) : {}),
		...(typeof credits === 'number' ? { credit_used: credits } : {}),
	};
}

/** The API's answer as it came, with the model. The URL of a webhook in it shows no token; those of files are whole. */
export function verbatim(state: JobState, model: string | undefined): JsonRecord {
	const { result, ...rest } = state.raw;
	return {
		...redactUrlTokens(rest),
		...(result === undefined ? {} : { result }),
		...withModel(state, model),
	};
}

function withModel(state: JobState, model: string | undefined): { model?: string } {
	const known = model ?? textOf(state.raw, 'model_name');
	return known === undefined ? {} : { model: known };
}

/** Text, transcript or files; a result of any other shape is given whole, so that nothing is lost. */
function content(result: JsonRecord): Partial<SimpleJob> {
	const { text, data, output } = result;
	const segments = readSegments(isRecord(text) ? text : (data ?? result['segments']));
	if (typeof text === 'string') {
		return {
			text,
			...(segments === undefined ? {} : { segments }),
			...(output === undefined ? {} : { output }),
		};
	}
	if (segments !== undefined) {
		return { text: segments.map((segment) => segment.text).join(' '), segments };
	}
	if (output !== undefined) return { output };
	return { output: result };
}
