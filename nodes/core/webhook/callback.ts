import { readId } from '../api/ids';
import { isRecord, limitDepth, parseJson, textOf, type JsonRecord } from '../json';

export const finalStatuses: readonly string[] = ['COMPLETED', 'FAILED'];
/** In the order in which a job passes them. */
export const nonFinalStatuses: readonly string[] = ['IN_QUEUE', 'IN_PROGRESS'];

/** What a request to the webhook is, judging by its body alone. */
export type Callback =
	/** No process ID: MonsterAPI testing the URL, or a person. */
	| { readonly kind: 'probe' }
	/** Looks like a callback but cannot be one. */
	| { readonly kind: 'malformed' }
	| {
			readonly kind: 'status';
			readonly processId: string;
			/** In upper case; unverified. */
			readonly status: string;
			readonly model: string | undefined;
			readonly body: JsonRecord;
	  };

/**
 * Parses a callback. Its content type is undocumented, and a known receiver parses the raw body itself, so the content
 * type is not relied on.
 * @param parsed the body as the platform parsed it
 * @param raw the body as received, if the platform has it
 */
export function parseCallback(parsed: unknown, raw: string | undefined): Callback {
	const parsedCallback =
		isRecord(parsed) && Object.hasOwn(parsed, 'process_id') ? parsed : undefined;
	const body = limitDepth(parsedCallback ?? parseJson(raw ?? '') ?? parsed);
	if (!isRecord(body) || !Object.hasOwn(body, 'process_id')) return { kind: 'probe' };
	const processId = readId(body['process_id']);
	const status = textOf(body, 'status')?.toUpperCase();
	if (processId === undefined || status === undefined || status.length > 64) {
		return { kind: 'malformed' };
	}
	const model = textOf(body, 'model_name');
	const isPlausible = model !== undefined && /^[\w./-]{1,100}$/.test(model);
	return { kind: 'status', processId, status, model: isPlausible ? model : undefined, body };
}
