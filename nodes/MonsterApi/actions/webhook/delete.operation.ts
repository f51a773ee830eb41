import { removeWebhooks } from '../../../core/webhook/registration';
import type { Operation } from '../operation';
import { readWebhookName, webhookNameField } from '../form/webhookFields';

export const deleteOperation: Operation = {
	name: 'Delete',
	action: 'Delete webhook',
	description: 'Delete a registered webhook. Succeeds if it no longer exists.',
	fields: [webhookNameField],
	async execute({ client, parameters }) {
		const name = readWebhookName(parameters);
		await removeWebhooks(client, [name]);
		return { json: { deleted: true, url_name: name } };
	},
};
