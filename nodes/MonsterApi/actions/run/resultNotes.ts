import type { JobState } from '../../../core/api/status';
import { textsOf } from '../../../core/json';
import { quoteRedacted } from '../../../core/http/redaction';
import type { ItemContext } from '../operation';

/** A result may have any number of them, and each is searched for secrets. */
const maxNotes = 5;

/** Shows above the output what the gateway says about a result, such as a parameter that the engine does not have. */
export function noteResult(context: ItemContext, { result }: JobState): void {
	for (const note of textsOf(result?.['notes']).slice(0, maxNotes)) {
		context.note(quoteRedacted(note, context.client.secrets));
	}
}
