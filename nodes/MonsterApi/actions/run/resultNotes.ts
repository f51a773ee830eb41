import type { JobState } from '../../../core/api/status';
import { textsOf } from '../../../core/json';
import { quoteRedacted } from '../../../core/http/redaction';
import type { ItemContext } from '../operation';

/** Shows above the output what the gateway says about a result, such as a parameter that the engine does not have. */
export function noteResult(context: ItemContext, { result }: JobState): void {
	for (const note of textsOf(result?.['notes'])) {
		context.note(quoteRedacted(note, context.client.secrets));
	}
}
