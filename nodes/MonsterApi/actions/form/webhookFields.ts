import type { INodeProperties } from 'n8n-workflow';

import { MonsterApiError } from '../../../core/http/errors';
import type { Parameters } from '../run/parameters';
import { webhookLocator } from './webhookLocator';

export const webhookNameField: INodeProperties = { ...webhookLocator, required: true };

/**
 * The name of the webhook that the form chose.
 * @throws MonsterApiError when it is empty
 */
export function requireWebhookName(parameters: Parameters): string {
	const name = parameters.locator('webhookName', 'Webhook Name');
	if (name !== '') return name;
	throw new MonsterApiError('The webhook name is empty', {
		advice: 'Choose a registered webhook from the list, or give its name.',
		retryable: false,
	});
}
