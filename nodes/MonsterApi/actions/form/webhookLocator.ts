import type { INodeProperties } from 'n8n-workflow';

/** Picks a registered webhook from a list, or takes its name. */
export const webhookLocator: INodeProperties = {
	displayName: 'Webhook Name',
	name: 'webhookName',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description:
		'A webhook that is registered at MonsterAPI: by a MonsterAPI Trigger, or with Webhook > Create',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
		},
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. transcripts-done',
		},
	],
};
