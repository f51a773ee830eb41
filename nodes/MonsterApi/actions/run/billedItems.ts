import { MonsterApiError } from '../../../core/http/errors';
import type { Settled } from '../../../core/jobs/batch';
import type { NodeError, BilledItem } from '../../../host/errors';

/** What is paid for, by item. */
export type BilledItems = ReadonlyMap<number, BilledItem>;

const mostListed = 50;

/** How the user gets at what was paid for, or rid of it. */
const remedies: Readonly<Record<BilledItem['kind'], string>> = {
	job: 'MonsterAPI accepted these jobs; fetch their results with Job > Wait instead of paying again',
	deployment:
		'These deployments were started and may cost money until they are ended with Deployment > Terminate',
};

/** Items whose job or deployment may have been accepted although nobody confirmed it. */
export const maybeAcceptedItems = (settled: ReadonlyArray<Settled<unknown>>): number[] =>
	settled.flatMap((one, item) =>
		one.kind === 'failed' &&
		one.error instanceof MonsterApiError &&
		one.error.details.maybeAccepted === true
			? [item]
			: [],
	);

/** Ends what nobody could use: n8n drops the output of a failing or stopped node, that of its good items included. */
export async function terminateUnused(paid: Map<number, BilledItem>): Promise<void> {
	await Promise.all(
		[...paid].map(async ([item, { end }]) => {
			if ((await end?.()) === true) paid.delete(item);
		}),
	);
}

/** Adds to an error what was paid for: n8n drops what a failing node has made, so what has finished is named too. */
export function withBilled(
	error: NodeError,
	paid: BilledItems,
	unconfirmed: readonly number[] = [],
): NodeError {
	const description = [
		error.description,
		listed('job', paid),
		// Its own advice has said what to do about this one.
		listed('deployment', new Map([...paid].filter(([, { id }]) => !said(error).includes(id)))),
		unconfirmed.length > 0 &&
			`MonsterAPI did not confirm these items, which may have been accepted too: ${unconfirmed.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');
	if (description !== '') error.description = description;
	return error;
}

const said = ({ description }: NodeError): string => description ?? '';

function listed(kind: BilledItem['kind'], paid: BilledItems): string | undefined {
	const all = [...paid].filter(([, one]) => one.kind === kind);
	if (all.length === 0) return undefined;
	const shown = all.slice(0, mostListed).map(([item, { id }]) => `item ${item}: ${id}`);
	const more = all.length - shown.length;
	return `${remedies[kind]}: ${shown.join(', ')}${more > 0 ? ` and ${more} more, which are in n8n’s log` : ''}.`;
}
