import { redactUrlTokens } from '../http/redaction';
import type { JobState } from '../api/status';
import { isRecord, textOf, type JsonRecord } from '../json';
import { readSegments, type Segment } from './segments';
import { subtitlesOf } from './subtitles';

/** The simplified job: at most ten fields, under the API's own names. What the job was for comes first. */
interface SimpleJob {
	readonly text?: string;
	readonly segments?: readonly Segment[];
	readonly output?: unknown;
	readonly process_id: string;
	readonly model?: string;
	readonly status: string;
	/** Why a job failed. */
	readonly message?: string;
	readonly credit_used?: number;
}

/** The simplified form of a job: its text or its output, and the segments of a transcript if it has any. */
export function simplify(state: JobState, model: string | undefined): SimpleJob {
	const { processId, status, raw, failure } = state;
	const credits = raw['credit_used'];
	return {
		...(state.phase === 'completed' && state.result ? content(state.result) : {}),
		process_id: processId,
		...withModel(state, model),
		status,
		...(failure === undefined ? {} : { message: failure }),
		...(typeof credits === 'number' ? { credit_used: credits } : {}),
	};
}

/** The API's response as received, with the model. Webhook URLs in it lose their token; URLs of files are unchanged. */
export function verbatim(state: JobState, model: string | undefined): JsonRecord {
	const { result, ...rest } = state.raw;
	return {
		...redactUrlTokens(rest),
		...(result === undefined ? {} : { result }),
		...withModel(state, model),
	};
}

function withModel(state: JobState, model: string | undefined): { model?: string } {
	const name = model ?? textOf(state.raw, 'model_name');
	return name === undefined ? {} : { model: name };
}

/** Text, transcript or files; a result of any other shape is returned whole, so that nothing is lost. */
function content(result: JsonRecord): Partial<SimpleJob> {
	const { text, data, output } = result;
	const segments = readSegments(isRecord(text) ? text : (data ?? result['segments']));
	const subtitles = typeof text === 'string' ? undefined : subtitlesOf(result);
	if (subtitles !== undefined) return { text: subtitles };
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
