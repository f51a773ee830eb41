import type { INodeProperties } from 'n8n-workflow';

import { requireWebhookName } from '../../../core/api/ids';
import type { Parameters } from './parameters';

/** Selects a registered webhook from a list, or by its name. */
export const webhookLocator: INodeProperties = {
	displayName: 'Webhook Name',
	name: 'webhookName',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description:
		'A webhook that is registered at MonsterAPI, by a MonsterAPI Trigger or with Webhook > Create',
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

export const webhookNameField: INodeProperties = { ...webhookLocator, required: true };

/**
 * The name of the selected webhook.
 * @throws MonsterApiError when it is empty or malformed
 */
export const readWebhookName = (parameters: Parameters): string =>
	requireWebhookName(parameters.locator('webhookName', 'Webhook Name'));
