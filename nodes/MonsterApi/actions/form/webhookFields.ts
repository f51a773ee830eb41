import type { INodeProperties } from 'n8n-workflow';

import { validationError } from '../../../core/http/errors';
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
 * @throws MonsterApiError when it is empty
 */
export function readWebhookName(parameters: Parameters): string {
	const name = parameters.locator('webhookName', 'Webhook Name');
	if (name !== '') return name;
	throw validationError(
		'The webhook name is empty',
		'Choose a registered webhook from the list, or enter its name.',
	);
}
