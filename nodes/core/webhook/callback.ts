import { readId } from '../api/ids';
import { isRecord, parseJson, textOf, type JsonRecord } from '../json';

/** What a request to the webhook is, by its body alone. */
export type Callback =
	/** No process id: MonsterAPI trying the URL, or a person. */
	| { readonly kind: 'probe' }
	/** Claims to be a callback and cannot be one. */
	| { readonly kind: 'malformed' }
	| {
			readonly kind: 'status';
			readonly processId: string;
			/** In upper case; what the sender says, which proves nothing. */
			readonly status: string;
			readonly model: string | undefined;
			readonly body: JsonRecord;
	  };

/**
 * Reads a callback. The content type is not relied on: it is documented nowhere, and a known receiver parses the raw
 * body itself.
 * @param parsed the body as the platform parsed it
 * @param raw the body as it came, where the platform has it
 */
export function readCallback(parsed: unknown, raw: string | undefined): Callback {
	const own = isRecord(parsed) && Object.hasOwn(parsed, 'process_id') ? parsed : undefined;
	const body = own ?? parseJson(raw ?? '') ?? parsed;
	if (!isRecord(body) || !Object.hasOwn(body, 'process_id')) return { kind: 'probe' };
	const processId = readId(body['process_id']);
	const status = textOf(body, 'status')?.toUpperCase();
	if (processId === undefined || status === undefined || status.length > 64) {
		return { kind: 'malformed' };
	}
	const model = textOf(body, 'model_name');
	const plausible = model !== undefined && /^[\w./-]{1,100}$/.test(model);
	return { kind: 'status', processId, status, model: plausible ? model : undefined, body };
}
