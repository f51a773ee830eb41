import { statedReason } from '../http/reason';
import { quoteRedacted, redactKnownIn } from '../http/redaction';
import { isRecord, textOf, type JsonRecord } from '../json';

/** A successful answer to a request that changes something. */
export interface Change {
	/** Whether the answer says that the change was made; if not, nothing is known yet. */
	readonly confirmed: boolean;
	/** What the answer says instead, as a sentence for the advice of an error; empty if it says nothing. */
	readonly quote: string;
	/** The response without known secrets; empty if it is no object. */
	readonly raw: JsonRecord;
}

/** What APIs say of a request that failed, although the HTTP status is 200. */
const failed = /^(?:error|fail(?:ed|ure)?|ko|denied|rejected)$/i;

/** Whether an answer says that its request failed, whatever its HTTP status. */
export function statesFailure(answer: unknown): boolean {
	if (!isRecord(answer)) return false;
	const { success, ok, error, errors } = answer;
	if (success === false || ok === false) return true;
	if (failed.test(textOf(answer, 'status') ?? '')) return true;
	return [error, errors].some(
		(value) => value !== undefined && statedReason({ error: value }, []) !== undefined,
	);
}

/** Words of a change that was not made, or not yet. */
const notDone =
	/\b(?:fail|error|(?:not|no|never|cannot|unable|unknown|could|will|denied|refused|pending|scheduled|progress)\b)|n['’]t\b/i;

/**
 * Whether an answer says that a change was made. A page, an empty body or JSON that breaks off says nothing, and any server
 * answers with 200.
 * @param done what the documentation, or its language, calls the change, such as /terminated/i
 */
export function confirms(answer: unknown, done: RegExp): boolean {
	if (!isRecord(answer) || statesFailure(answer)) return false;
	const words = [statedReason(answer, []), textOf(answer, 'status')].filter(Boolean).join(' ');
	return done.test(words) && !notDone.test(words);
}

/** @param text the body as received */
export function toChange(
	answer: unknown,
	text: string,
	confirmed: boolean,
	secrets: readonly string[],
): Change {
	const stated = confirmed ? undefined : statedReason(text, secrets);
	const quote = stated === undefined ? '' : `MonsterAPI answered: ${quoteRedacted(stated, [])}`;
	return { confirmed, quote, raw: isRecord(answer) ? redactKnownIn(answer, secrets) : {} };
}
