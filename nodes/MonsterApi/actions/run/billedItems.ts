import { MonsterApiError } from '../../../core/http/errors';
import type { Settled } from '../../../core/jobs/batch';
import type { NodeError } from '../../../host/errors';

/** Something at MonsterAPI that costs money: a job once, a deployment by the hour. */
export interface BilledItem {
	readonly kind: 'job' | 'deployment';
	readonly id: string;
	/** Terminates it when the node fails, if the user wants that. Never rejects; resolves to whether it was terminated. */
	readonly terminate?: () => Promise<boolean>;
}

/** What was billed, by the index of its item. */
export type BilledItems = Map<number, BilledItem>;

const maxListed = 50;

/** How to use, or get rid of, what was billed. */
const remedies: Readonly<Record<BilledItem['kind'], string>> = {
	job: 'MonsterAPI accepted these jobs; get their results with Job > Wait instead of paying again',
	deployment:
		'These deployments were started and may cost money until they are stopped with Deployment > Terminate',
};

/** The indexes of items whose job or deployment may have been accepted without a confirmation. */
export const maybeAcceptedItems = (outcomes: ReadonlyArray<Settled<unknown>>): number[] =>
	outcomes.flatMap((outcome, item) =>
		outcome.kind === 'failed' &&
		outcome.error instanceof MonsterApiError &&
		outcome.error.details.maybeAccepted === true
			? [item]
			: [],
	);

/** Terminates what can no longer be used: n8n drops the whole output of a failing or cancelled node. */
export async function terminateUnused(billed: BilledItems): Promise<void> {
	await Promise.all(
		[...billed].map(async ([item, { terminate }]) => {
			if ((await terminate?.()) === true) billed.delete(item);
		}),
	);
}

/** Adds to an error what was billed, finished items included: n8n drops the whole output of a failing node. */
export function withBilled(
	error: NodeError,
	billed: BilledItems,
	maybeAccepted: readonly number[] = [],
): NodeError {
	const text = error.description ?? '';
	// The error's own advice already covers a deployment that it mentions.
	const others = new Map([...billed].filter(([, { id }]) => !text.includes(id)));
	const description = [
		text,
		describe('job', billed),
		describe('deployment', others),
		maybeAccepted.length > 0 &&
			`MonsterAPI did not confirm these items, but may have accepted them: ${maybeAccepted.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');
	if (description !== '') error.description = description;
	return error;
}

function describe(kind: BilledItem['kind'], billed: BilledItems): string | undefined {
	const items = [...billed].filter(([, item]) => item.kind === kind);
	if (items.length === 0) return undefined;
	const listed = items.slice(0, maxListed).map(([index, { id }]) => `item ${index}: ${id}`);
	const more = items.length - listed.length;
	return `${remedies[kind]}: ${listed.join(', ')}${more > 0 ? ` and ${more} more, which are in n8n’s log` : ''}.`;
}
