import type { IBinaryData, INodeProperties } from 'n8n-workflow';

import type { DeploymentEndpoint } from '../../core/api/generate';
import type { Client } from '../../core/http/client';
import type { DurationStats } from '../../core/polling/durationStats';
import type { ItemOutput } from '../../output/jobItem';
import type { Parameters } from './form/parameters';
import type { AsyncCache } from './run/asyncCache';
import type { BilledItem } from './run/billedItems';

/** What an operation knows about the item that it handles. */
export interface ItemContext {
	readonly client: Client<IBinaryData>;
	readonly itemIndex: number;
	readonly parameters: Parameters;
	/** How long jobs took in this and earlier executions. */
	readonly durationStats: DurationStats;
	/** Whether an agent calls: it reads JSON and cannot take files. */
	readonly calledByAgent: boolean;
	/** What was recorded for this item, by this try of the node or an earlier one. */
	readonly billed: BilledItem | undefined;
	/** Records what was billed for this item, so that every error mentions it and no retry submits it again. */
	trackBilled(item: BilledItem): void;
	/** Removes that record: there is nothing to pay or to get any more. */
	untrackBilled(): void;
	/** Shows a note above the output, once however many items have it. */
	note(text: string): void;
	/** A moment as the time of day in the workflow's time zone, such as 14:35. */
	timeOfDay(epochMs: number): string;
	/** The endpoints of live deployments by ID, read once for all items of the execution. */
	readonly endpoints: AsyncCache<DeploymentEndpoint>;
}

/** One operation: its fields in the form, and how it handles one item. */
export interface Operation {
	/** Title Case, as shown in the drop-down. */
	readonly name: string;
	/** Sentence case, as listed in the node panel. */
	readonly action: string;
	readonly description: string;
	readonly fields: INodeProperties[];
	/** A list operation returns one item per entry, possibly none. */
	execute(context: ItemContext): Promise<ItemOutput | ItemOutput[]>;
}
