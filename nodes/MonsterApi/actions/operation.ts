import type { IBinaryData, IBinaryKeyData, IDataObject, INodeProperties } from 'n8n-workflow';

import type { Client } from '../../core/api/client';
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

export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** One operation: its fields in the form, and what it does with one item. */
export interface Operation {
	/** Title Case, as the drop-down shows it. */
	readonly name: string;
	/** Sentence case, as the node panel lists it. */
	readonly action: string;
	readonly description: string;
	readonly fields: INodeProperties[];
	execute(context: ItemContext): Promise<ItemOutput>;
}
