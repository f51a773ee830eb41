import { createHash } from 'crypto';

import { MonsterApiError } from '../../../core/http/errors';
import type { ItemContext } from '../operation';
import type { BilledItem } from './billedItems';

/** An answer, and whether an earlier try of the same node run had received it. */
interface Submitted<Answer> {
	readonly request: string;
	readonly answer: Answer;
	readonly resumed: boolean;
}

/**
 * Submits a billed request of an item, unless an earlier try of the same node run did: n8n's Retry On Fail runs the whole
 * node again, with all its items. The caller records the answer with `trackBilled`.
 * @param form everything the request consists of, as JSON
 * @param read the answer in what was recorded for the item
 * @throws MonsterApiError, also that of the earlier try if it left open whether the request was accepted
 */
export async function submitOnce<Answer>(
	context: ItemContext,
	form: unknown,
	read: (billed: BilledItem) => { readonly request: string; readonly answer: Answer } | undefined,
	submit: () => Promise<Answer>,
): Promise<Submitted<Answer>> {
	const request = createHash('sha256').update(JSON.stringify(form)).digest('base64');
	const { billed } = context;
	if (billed?.kind === 'unconfirmed' && billed.request === request) throw billed.error;
	const earlier = billed === undefined ? undefined : read(billed);
	if (earlier?.request === request) return { ...earlier, resumed: true };
	const answer = await submit().catch(async (error: unknown) => {
		if (error instanceof MonsterApiError && error.details.maybeAccepted === true) {
			context.trackBilled({ kind: 'unconfirmed', request, error });
		}
		return await Promise.reject(error);
	});
	return { request, answer, resumed: false };
}
