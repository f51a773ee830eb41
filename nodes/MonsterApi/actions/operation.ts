import type { IBinaryData, INodeProperties } from 'n8n-workflow';

import type { Client } from '../../core/http/client';
import type { DeploymentEndpoint } from '../../core/api/deployedModel';
import type { DurationStats } from '../../core/polling/durationStats';
import type { BilledItem } from '../../host/errors';
import type { ItemOutput } from '../output/jobItem';
import type { AsyncCache } from './run/asyncCache';
import type { Parameters } from './run/parameters';

/** What an operation gets to know of the item that it works on. */
export interface ItemContext {
	readonly client: Client<IBinaryData>;
	readonly itemIndex: number;
	readonly parameters: Parameters;
	/** How long jobs take, from this execution and earlier ones. */
	readonly durationStats: DurationStats;
	/** An agent calls: it reads JSON and cannot take files. */
	readonly calledByAgent: boolean;
	/** Notes what is now paid for, so that no error can lose it. */
	trackBilled(paid: BilledItem): void;
	/** Takes the note back: the item's deployment was terminated. */
	untrackBilled(): void;
	/** One look at a live deployment for all items of the execution, by its id. */
	readonly endpoint: AsyncCache<DeploymentEndpoint>;
}

/** One operation: its fields in the form, and what it does with one item. */
export interface Operation {
	/** Title Case, as the drop-down shows it. */
	readonly name: string;
	/** Sentence case, as the node panel lists it. */
	readonly action: string;
	readonly description: string;
	readonly fields: INodeProperties[];
	/** A list gives as many items as it has entries, none included. */
	execute(context: ItemContext): Promise<ItemOutput | ItemOutput[]>;
}
