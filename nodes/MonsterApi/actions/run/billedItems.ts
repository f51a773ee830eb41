import type { Launch } from '../../../core/api/deploymentLifecycle';
import type { Acceptance } from '../../../core/api/generate';
import { MonsterApiError } from '../../../core/http/errors';
import type { Settled } from '../../../core/jobs/batch';
import type { NodeError } from '../../../host/errors';

/** What was sent, as a hash, and what MonsterAPI answered: for n8n's Retry On Fail. */
interface Submission<Answer> {
	readonly request: string;
	readonly answer: Answer;
}

interface BilledJob {
	readonly kind: 'job';
	readonly id: string;
	/** Undefined for a job that another node submitted. */
	readonly submission?: Submission<Acceptance>;
}

interface BilledDeployment {
	readonly kind: 'deployment';
	readonly id: string;
	readonly submission: Submission<Launch>;
	/** Terminates it when the node fails, if the user wants that. Never rejects; resolves to whether it was terminated. */
	readonly terminate?: () => Promise<boolean>;
}

/** A request that may have been accepted: its answer was lost. */
interface Unconfirmed {
	readonly kind: 'unconfirmed';
	readonly request: string;
	readonly error: MonsterApiError;
}

/** Something at MonsterAPI that costs money: a job once, a deployment by the hour. */
export type BilledItem = BilledJob | BilledDeployment | Unconfirmed;

/** What was billed, by the index of its item. */
export type BilledItems = Map<number, BilledItem>;

const maxListed = 50;

/** How to use, or get rid of, what was billed. */
const remedies: Readonly<Record<'job' | 'deployment', string>> = {
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
		[...billed].map(async ([index, item]) => {
			if (item.kind === 'deployment' && (await item.terminate?.()) === true) billed.delete(index);
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
	const others = new Map([...billed].filter(([, item]) => !text.includes(idOf(item))));
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

const idOf = (item: BilledItem): string => (item.kind === 'unconfirmed' ? '' : item.id);

function describe(kind: keyof typeof remedies, billed: BilledItems): string | undefined {
	const items = [...billed].filter(([, item]) => item.kind === kind);
	if (items.length === 0) return undefined;
	const listed = items.slice(0, maxListed).map(([index, item]) => `item ${index}: ${idOf(item)}`);
	const more = items.length - listed.length;
	return `${remedies[kind]}: ${listed.join(', ')}${more > 0 ? ` and ${more} more, which are in n8n’s log` : ''}.`;
}
