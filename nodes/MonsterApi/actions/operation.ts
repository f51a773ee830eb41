import type { IBinaryData, INodeProperties } from 'n8n-workflow';

import type { Client } from '../../core/api/client';
import type { ItemOutput } from '../../host/item';
import type { Parameters } from './parameters';

/** What an operation gets to know of the item that it works on. */
export interface ItemContext {
	readonly client: Client<IBinaryData>;
	readonly itemIndex: number;
	readonly parameters: Parameters;
	/** An agent calls: it reads JSON and cannot take files. */
	readonly calledByAgent: boolean;
	/** Notes a paid job, so that no error can lose it. */
	accepted(processId: string): void;
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
